import { enter, only } from "./known.ts";
import { LOOK_PATIENCE, looked, unseen } from "./looks.ts";
import { paced } from "./pace.ts";
import { reported } from "./reports.ts";
import type { Agent, Event, Now, Step, Supervised } from "./types.ts";

export { statusOf } from "./known.ts";

/** Milliseconds without any change in a turn. */
export const STUCK_AFTER = 600_000;

export interface Beginning {
  readonly stuckAfter?: number;
  /** A turn came to a good end in an earlier run. */
  readonly hasWorked?: boolean;
}

/** An agent of which nothing is known. */
export function initial(
  now: Now,
  { stuckAfter = STUCK_AFTER, hasWorked = false }: Beginning = {},
): Agent {
  const since = now.monotonic;
  const known = {
    state: "unknown",
    since,
    source: null,
    event: null,
    screen: [],
    until: null,
  } as const;
  return {
    ...{ stuckAfter, hasWorked, known, heard: since, run: "down", began: since, isFresh: true },
    ...{ turn: null, lastEnded: null, lastWork: since, lastReport: { at: since, key: "" } },
    ...{ lastSign: since, frozenSince: null, print: null, candidate: null, failure: "" },
    looks: { id: 0, since: null, next: Number.POSITIVE_INFINITY, pause: 0 },
  };
}

/** Every decision about the state of one agent. Effects are to be done in their order. */
export function step(agent: Agent, event: Event, now: Now): Step {
  const handled = handle(agent, event, now);
  const given = giveUp(handled.agent, now);
  const begun = begin(given.agent, now);
  return { agent: begun.agent, effects: [...handled.effects, ...given.effects, ...begun.effects] };
}

function handle(agent: Agent, event: Event, now: Now): Step {
  switch (event.kind) {
    case "supervisor":
      return supervised(agent, event, now);
    case "report":
      return reported(agent, event, now);
    case "looked":
      return looked(agent, event, now);
    case "tick":
      return only(agent);
  }
}

function supervised(agent: Agent, told: Supervised, now: Now): Step {
  const { state } = told;
  const at = now.monotonic;
  const news = { source: "supervisor", event: state, at } as const;
  switch (told.state) {
    case "starting":
      return enter(newRun(agent, at), { ...news, state: "starting" }, now);
    case "running": {
      if (agent.run === "up") return only(agent);
      if (agent.run === "starting") return only(paced({ ...agent, run: "up" }, at));
      const { began = at } = told;
      const found = { ...news, state: "starting", at: began } as const;
      return enter({ ...newRun(agent, began), run: "up" }, found, now);
    }
    case "stopping":
      return enter({ ...agent, run: "stopping" }, { ...news, state: "stopping" }, now);
    case "stopped":
      return enter({ ...agent, run: "down" }, { ...news, state: "stopped" }, now);
    case "restarting": {
      const { reason: event, delay } = told;
      const until = Math.floor(now.wall + delay);
      return enter({ ...agent, run: "down" }, { ...news, state: "restarting", event, until }, now);
    }
    case "exited":
    case "failed":
      return enter(
        { ...agent, run: "down" },
        { ...news, state: told.state, event: told.reason },
        now,
      );
  }
}

const newRun = (agent: Agent, at: number): Agent => ({
  ...agent,
  ...{ run: "starting", began: at, isFresh: true, lastWork: at, lastSign: at },
  ...{ lastReport: { at, key: "" }, frozenSince: null, print: null, candidate: null },
});

/** A look that was never answered showed nothing. */
function giveUp(agent: Agent, now: Now): Step {
  const { looks } = agent;
  if (looks.since === null || now.monotonic < looks.since + LOOK_PATIENCE) return only(agent);
  return unseen({ ...agent, looks: { ...looks, since: null } }, now);
}

function begin(agent: Agent, now: Now): Step {
  const { looks, known } = agent;
  if (agent.run !== "up" || looks.since !== null || now.monotonic < looks.next) return only(agent);
  const id = looks.id + 1;
  const isFresh = agent.isFresh || (known.state === "ready" && known.source === "harness");
  return {
    agent: { ...agent, looks: { ...looks, id, since: now.monotonic } },
    effects: [{ kind: "look", id, isFresh }],
  };
}

/** When `step` wants a tick, by the monotonic clock; infinity if it waits for something else. */
export const nextTick = ({ looks: { since, next } }: Agent): number =>
  since === null ? next : since + LOOK_PATIENCE;
