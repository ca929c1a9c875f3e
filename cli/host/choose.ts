import { ForgeError } from "../../schema/errors.ts";
import type { AgentOnHost } from "../../schema/host.ts";
import { didYouMean } from "../../schema/parse.ts";

/** The agents of these names, each once. */
export function choose(
  agents: readonly AgentOnHost[],
  names: readonly string[],
): readonly AgentOnHost[] {
  const known = agents.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return agents.filter(({ name }) => names.includes(name));
  const what = unknown.map((name) => `${name}: no such agent here${didYouMean(name, known)}`);
  const fix = known.length > 0 ? `this host has: ${known.join(", ")}` : "this host has no agents";
  throw new ForgeError("AGENT_UNKNOWN", what.join("\n"), { fix });
}

/** As `choose`, for one. */
export function chooseOne(agents: readonly AgentOnHost[], name: string): AgentOnHost {
  const [agent] = choose(agents, [name]);
  if (agent === undefined) throw new Error(`${name} was chosen and is gone`);
  return agent;
}
