import { didYouMean } from "../schema/did-you-mean.ts";
import { ForgeError } from "../schema/errors.ts";

/** The agent of this name. Throws AGENT_UNKNOWN; `where` is what has no such agent. */
export function knownAgent<A>(agents: ReadonlyMap<string, A>, name: string, where: string): A {
  const agent = agents.get(name);
  if (agent !== undefined) return agent;
  const like = didYouMean(name, [...agents.keys()]);
  throw new ForgeError("AGENT_UNKNOWN", `${name}: no such agent ${where}${like}`, {
    fix: "forge ps lists them",
  });
}
