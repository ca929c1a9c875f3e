import { existsSync } from "node:fs";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { AgentReport } from "../../schema/agent-status.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { type Agents, findAgents, isHost } from "./agents.ts";

/** A daemon that hangs does not hold `forge ps` for longer. Milliseconds. */
const PATIENCE = 300;

type Reports = ReadonlyMap<string, AgentReport>;

/** All agents with what the APIs tell of them, where one answers. */
export async function findAgentsWithStatus(): Promise<Agents> {
  const host = isHost() && existsSync(PATHS.apiRead) ? reportsOf(undefined) : undefined;
  const { all, fleets } = await findAgents();
  const ofHost = await host;
  const told = await Promise.all(
    fleets.map(async (fleet) => [fleet.fleet, await reportsOf(fleet)] as const),
  );
  const ofFleets = new Map(told);
  return {
    fleets,
    all: all.map((agent) =>
      withReport(agent, agent.fleet === null ? ofHost : ofFleets.get(agent.fleet)),
    ),
  };
}

/** Undefined if nobody answers in time, or not as this version does. */
async function reportsOf(fleet: ListedFleet | undefined): Promise<Reports | undefined> {
  const { readApiOf } = await import("./api-of.ts");
  try {
    const { agents } = await readApiOf(fleet).agents(AbortSignal.timeout(PATIENCE));
    return new Map(agents.map((agent) => [agent.name, agent]));
  } catch {
    return undefined; // forge ps then shows what the supervisor says, as without a daemon
  }
}

function withReport(agent: AgentOnHost, reports: Reports | undefined): AgentOnHost {
  const report = reports?.get(agent.name);
  if (report === undefined) return agent;
  const { status, turns, queued } = report;
  return { ...agent, status, turns, queued };
}
