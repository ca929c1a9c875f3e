import assert from "node:assert/strict";
import type { Activity } from "../../schema/activity-record.ts";
import { initial, nextTick, statusOf, step } from "./step.ts";
import type { Effect, Event, Now, Seen, Supervised } from "./types.ts";

export const WALL = 1_000_000;
export const STUCK_AFTER = 60_000;
export const BLANK: Seen = {
  ...{ began: 0, shown: null, screen: [], print: "", isFrozen: false, isLimited: false },
  ...{ until: null, failure: "" },
};

/** One agent with its clock and a terminal that shows what it is told to, looked at when the core asks. */
export function scene({ hasWorked = false } = {}) {
  let now: Now = { monotonic: 1_000, wall: WALL };
  let agent = initial(now, { stuckAfter: STUCK_AFTER, hasWorked });
  let terminal: Partial<Seen> | null = {};
  let looks = 0;
  let isSpinning = false;
  const told: Effect[] = [];
  const tell = (event: Event) => {
    const next = step(agent, event, now);
    agent = next.agent;
    for (const effect of next.effects) {
      if (effect.kind !== "look") {
        told.push(effect);
        continue;
      }
      looks += 1;
      const moving = isSpinning ? { print: `${looks}` } : {};
      const seen = terminal && { ...BLANK, ...terminal, ...moving, began: now.monotonic };
      tell({ kind: "looked", id: effect.id, seen });
    }
  };
  const pass = (ms: number) => {
    const end = now.monotonic + ms;
    for (let next = nextTick(agent); next <= end; next = nextTick(agent)) {
      now = { monotonic: next, wall: now.wall + next - now.monotonic };
      tell({ kind: "tick" });
    }
    now = { monotonic: end, wall: now.wall + end - now.monotonic };
  };
  const report = (
    state: Activity | null,
    event = "hook",
    { ago = 0, turn = null }: { ago?: number; turn?: string | null } = {},
  ) => tell({ kind: "report", state, event, session: "s", turn, at: now.wall - ago });
  return {
    ...{ pass, report, tell },
    supervise: (told: Supervised) => tell({ kind: "supervisor", ...told }),
    /** `spins`: each look finds the terminal changed. */
    show: (seen: Partial<Seen> | null, spins = false) => {
      terminal = seen;
      isSpinning = spins;
    },
    jump: (ms: number) => {
      now = { ...now, wall: now.wall + ms };
    },
    status: () => statusOf(agent, now),
    wall: () => now.wall,
    state: () => statusOf(agent, now).state,
    looks: () => looks,
    /** The effects since the last call, besides looks: states, ends of turns, failures. */
    told: () =>
      told.splice(0).map((effect) => {
        if (effect.kind === "changed") return effect.status.state;
        return effect.kind === "request-failed" ? effect.line : effect.kind;
      }),
  };
}

export type Scene = ReturnType<typeof scene>;

export function running(options = {}): Scene {
  const agent = scene(options);
  agent.supervise({ state: "starting" });
  agent.supervise({ state: "running" });
  return agent;
}

export function ready(options = {}): Scene {
  const agent = running(options);
  agent.show({ shown: "ready" });
  agent.pass(200);
  assert.equal(agent.state(), "ready");
  agent.told();
  return agent;
}

export function inTurn(options = {}): Scene {
  const agent = ready(options);
  agent.show({ shown: "busy" }, true);
  agent.report("busy");
  agent.told();
  return agent;
}
