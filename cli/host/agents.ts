import { existsSync, readdirSync } from "node:fs";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { runningIn, stateHome } from "../../runtime/supervisor/local/state-home.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { PATHS } from "../../schema/host-paths.ts";

/** All agents that this user can ask about. */
export interface Agents {
  /** Those that the host declares, then those of the fleets. */
  readonly all: readonly AgentOnHost[];
  /** What `forge up` runs for this user. */
  readonly fleets: readonly ListedFleet[];
}

export async function findAgents(): Promise<Agents> {
  const [host, fleets] = await Promise.all([hostAgents(), findFleets()]);
  return { all: [...host, ...fleets.flatMap(({ agents }) => agents)], fleets };
}

/** Whether this machine's configuration declares agents. */
export const isHost = (): boolean => existsSync(PATHS.manifest);

async function hostAgents(): Promise<readonly AgentOnHost[]> {
  if (!isHost()) return [];
  return (await import("../../runtime/supervisor/systemd/agents.ts")).readAgents();
}

/** Without a fleet, what reads them is not loaded: `forge ps` of a host is to be fast. */
export async function findFleets(): Promise<readonly ListedFleet[]> {
  const home = stateHome(process.env);
  if (!existsSync(runningIn(home)) || readdirSync(runningIn(home)).length === 0) return [];
  return (await import("../../runtime/supervisor/local/listing.ts")).runningFleets(home);
}
