import type { AgentOnHost } from "../../schema/command-output.ts";
import { didYouMean } from "../../schema/did-you-mean.ts";
import { ForgeError } from "../../schema/errors.ts";

/** The agents of these names, each once. */
export function choose(
  agents: readonly AgentOnHost[],
  names: readonly string[],
): readonly AgentOnHost[] {
  const known = agents.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  const chosen = agents.filter(({ name }) => names.includes(name));
  const twice = chosen.find(({ name }, at) => chosen.findIndex((one) => one.name === name) < at);
  if (twice) {
    throw new ForgeError("AGENT_UNKNOWN", `${twice.name}: this host and ${twice.fleet} have one`, {
      fix: "rename the agent of the fleet",
    });
  }
  if (unknown.length === 0) return chosen;
  const what = unknown.map((name) => `${name}: no such agent here${didYouMean(name, known)}`);
  const fix =
    known.length > 0
      ? `this host has: ${known.join(", ")}`
      : "no agents run here: see forge up --help";
  throw new ForgeError("AGENT_UNKNOWN", what.join("\n"), { fix });
}

/** As `choose`, for one. */
export function chooseOne(agents: readonly AgentOnHost[], name: string): AgentOnHost {
  const [agent] = choose(agents, [name]);
  if (agent === undefined) throw new Error(`${name} was chosen and is gone`);
  return agent;
}
