import type { Activity } from "../../../schema/activity-record.ts";
import type { AgentOnHost, UnitState } from "../../../schema/command-output.ts";
import type { Plan } from "../../../schema/plan.ts";
import type { Ending, UpEvent } from "./events.ts";

interface Declared {
  readonly plan: Pick<Plan, "agent" | "harness">;
  readonly model?: string;
}

interface Record {
  readonly unitState: UnitState;
  readonly since: number;
  readonly activity: Activity;
  readonly screen: readonly string[];
  readonly pid: number | null;
  readonly restarts: number;
  readonly exitStatus: number | null;
  readonly signal: string | null;
}

/** What has become of each agent, kept from the events that `forge up` reports. */
export interface Ledger {
  readonly note: (event: UpEvent) => void;
  readonly agents: () => readonly AgentOnHost[];
}

export function openLedger(agents: readonly Declared[], fleet: string): Ledger {
  const fresh: Record = {
    ...{ unitState: "starting", since: Date.now(), activity: "starting", pid: null },
    ...{ screen: [], restarts: 0, exitStatus: null, signal: null },
  };
  const records = new Map(agents.map(({ plan }) => [plan.agent, fresh]));
  return {
    note: (event) => {
      const record = records.get(event.agent);
      if (record) records.set(event.agent, after(record, event));
    },
    agents: () =>
      agents.map(({ plan, model = null }) => {
        const { activity, screen, since, ...record } = records.get(plan.agent) ?? fresh;
        return {
          ...{ name: plan.agent, declared: true, harness: plan.harness, model, fleet },
          ...{ ...record, since: new Date(since).toISOString() },
          activity: record.unitState === "running" ? activity : null,
          screen: record.unitState === "running" ? screen : [],
          ...{ memory: null, tasks: null, result: null, status: null, turns: null, queued: null },
        };
      }),
  };
}

function after(record: Record, event: UpEvent): Record {
  const turn = (unitState: UnitState, more: Partial<Record> = {}): Record => ({
    ...record,
    unitState,
    since: Date.now(),
    pid: null,
    ...more,
  });
  switch (event.kind) {
    case "started":
      return turn("running", { pid: event.pid, activity: "starting", screen: [] });
    case "status":
      return { ...record, activity: event.state, screen: event.screen };
    case "exited":
      return turn("exited", endOf(event.ending));
    case "restarting":
      return turn("restarting", { ...endOf(event.ending), restarts: record.restarts + 1 });
    case "failed":
      return turn("failed");
    case "warning":
      return record;
    case "stopping":
      return turn("stopping", { pid: record.pid });
    case "stopped":
      return turn("stopped");
  }
}

const endOf = (ending: Ending): Pick<Record, "exitStatus" | "signal"> => ({
  exitStatus: ending.kind === "code" ? ending.code : null,
  signal: ending.kind === "signal" ? ending.signal : null,
});
