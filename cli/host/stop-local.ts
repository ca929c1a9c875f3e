import { ask, type ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { AgentOnHost, JobReport } from "../../schema/command-output.ts";

const RUNS: readonly string[] = ["running", "starting", "stopping", "restarting"];

/** Stops agents of `forge up`, each fleet at once. A fleet whose last agent stops ends. */
export async function stopLocal(
  fleets: readonly ListedFleet[],
  wanted: readonly AgentOnHost[],
): Promise<readonly JobReport[]> {
  const reports = await Promise.all(
    fleets.map(async (fleet) => {
      const before = fleet.agents.filter((agent) => wanted.includes(agent));
      if (before.length === 0) return [];
      const names = before.map(({ name }) => name);
      const after = (await ask(fleet, names)) ?? [];
      return before.map((agent) =>
        reportOf(
          agent,
          after.find(({ name }) => name === agent.name),
        ),
      );
    }),
  );
  return reports.flat();
}

/** A fleet that is gone when it is asked has stopped its agents itself. */
function reportOf(before: AgentOnHost, after: AgentOnHost | undefined): JobReport {
  const now = after ?? { ...before, unitState: "stopped", pid: null };
  const stopped = !RUNS.includes(now.unitState);
  const did = !stopped ? "failed" : RUNS.includes(before.unitState) ? "stopped" : "nothing";
  const reason = stopped ? null : "it still runs";
  return {
    name: now.name,
    did,
    state: now.unitState,
    since: now.since,
    pid: now.pid,
    reason,
    journal: [],
  };
}
