import type { StatusFolder } from "../../runtime/activity-records.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Supervised } from "../../runtime/status/types.ts";
import { type StatusWatch, type Told, watchStatus } from "../../runtime/status/watch.ts";
import type { AgentOnHost, UnitState } from "../../schema/command-output.ts";
import { RESTART_RULES } from "../../schema/lifecycle.ts";
import type { HostAgent } from "./agents.ts";

interface Options {
  readonly clock: Clock;
  readonly wall: () => number;
  readonly seen: (agent: string, told: Told) => void;
  readonly signal: AbortSignal;
}

export interface AgentWatch extends StatusWatch {
  /** What systemd says of the agent's unit now. */
  readonly unit: (unit: AgentOnHost | undefined) => void;
}

/** The records are the agent's on NixOS, and nobody else writes there. */
const NO_RECORDS: StatusFolder = { read: async () => undefined, write: async () => {} };

/** Follows what an agent does. */
export function watchAgent(agent: HostAgent, options: Options): AgentWatch {
  const { clock, wall, signal } = options;
  const { name } = agent;
  const watch = watchStatus({
    ...{ terminal: agent.terminal, signs: agent.plan.terminal, runtime: agent.runtime },
    ...{ failure: agent.recipe?.failure ?? null, records: NO_RECORDS, clock, wall, signal },
    tell: (told) => options.seen(name, told),
  });
  let last = "";
  return {
    ...watch,
    unit: (unit) => {
      const told = supervisedBy(unit);
      const pid = unit?.pid ?? undefined;
      const word = `${told.state} ${pid ?? ""}`;
      if (word === last) return;
      // systemd may have restarted it between two looks.
      if (told.state === "running" && last.startsWith("running")) watch.note({ state: "starting" });
      last = word;
      const since = unit?.since ? Date.parse(unit.since) : wall();
      const began = clock.now() - (wall() - since);
      watch.note(told.state === "running" ? { state: "running", began } : told, pid);
    },
  };
}

const DOWN: { readonly [S in UnitState]?: "stopped" | "exited" | "failed" } = {
  ...{ stopped: "stopped", masked: "stopped", missing: "stopped", exited: "exited" },
  ...{ crashed: "failed", oom: "failed", killed: "failed", failed: "failed" },
};

function supervisedBy(unit: AgentOnHost | undefined): Supervised {
  if (unit === undefined) return { state: "stopped" };
  const { unitState, result } = unit;
  if (unitState === "running" || unitState === "starting" || unitState === "stopping")
    return { state: unitState };
  const reason = result ?? unitState;
  if (unitState === "restarting")
    return { state: "restarting", reason, delay: RESTART_RULES.delay * 1000 };
  const state = DOWN[unitState] ?? "stopped";
  return state === "stopped" ? { state } : { state, reason };
}
