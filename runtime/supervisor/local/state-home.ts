import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

interface Environment {
  readonly [name: string]: string | undefined;
}

/** Where forge keeps what outlives a run, for this user: outside every repository. */
export function stateHome(env: Environment): string {
  const { XDG_STATE_HOME: given, HOME: home } = env;
  // The XDG specification: a relative path is to be ignored.
  const base = given !== undefined && isAbsolute(given) ? given : undefined;
  return join(base ?? join(home || homedir(), ".local/state"), "forge");
}

/** Below the state home: one file for each fleet that runs. */
export const runningIn = (home: string): string => join(home, "running");
