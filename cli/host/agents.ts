import { existsSync, readdirSync } from "node:fs";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { runningIn, stateHome } from "../../runtime/supervisor/local/state-home.ts";
import { readAgents } from "../../runtime/supervisor/systemd/agents.ts";
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
  const host = existsSync(PATHS.manifest) ? await readAgents() : [];
  const fleets = await fleetsOf(stateHome(process.env));
  return { all: [...host, ...fleets.flatMap(({ agents }) => agents)], fleets };
}

/** Without a fleet, what reads them is not loaded: `forge ps` of a host is to be fast. */
async function fleetsOf(home: string): Promise<readonly ListedFleet[]> {
  if (!existsSync(runningIn(home)) || readdirSync(runningIn(home)).length === 0) return [];
  return (await import("../../runtime/supervisor/local/listing.ts")).runningFleets(home);
}
