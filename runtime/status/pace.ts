import type { State } from "../../schema/agent-status.ts";
import type { Agent } from "./types.ts";

/** Pauses between looks, in milliseconds: the first, by what each grows, and the longest. */
interface Pace {
  readonly first: number;
  readonly growth: number;
  readonly most: number;
}

/** Somebody waits for the next state, which often comes soon. */
const START: Pace = { first: 100, growth: 1.25, most: 500 };
const TURN: Pace = { first: 400, growth: 1.5, most: 10_000 };
/** A person may answer at any time. */
const WAIT: Pace = { first: 400, growth: 1.5, most: 10_000 };
/** Nothing is expected: looks only find what no report told. After four minutes it is one in two. */
const REST: Pace = { first: 250, growth: 2, most: 120_000 };
/** Something else shows than what is known. */
const DOUBT: Pace = { first: 400, growth: 2, most: 2_000 };

const BY_STATE: { readonly [S in State]?: Pace } = {
  starting: START,
  unknown: WAIT,
  busy: TURN,
  stuck: TURN,
  "waiting-permission": WAIT,
  "waiting-login": WAIT,
  "login-expired": WAIT,
  "rate-limited": WAIT,
  ready: REST,
};

function paceOf({ known, candidate }: Agent): Pace {
  if (candidate !== null) return DOUBT;
  const isRefused = known.state !== "waiting-permission" && BY_STATE[known.state] === WAIT;
  // What the harness told of a refusal stays true until it tells the next turn.
  return isRefused && known.source === "harness" ? REST : (BY_STATE[known.state] ?? REST);
}

/** The next look of a state that was just entered, or of a doubt that just began. */
export function paced(agent: Agent, now: number): Agent {
  if (agent.run !== "up")
    return {
      ...agent,
      looks: { ...agent.looks, since: null, next: Number.POSITIVE_INFINITY },
    };
  const { first } = paceOf(agent);
  return { ...agent, looks: { ...agent.looks, next: now + first, pause: first } };
}

/** The look after the one that was just answered. */
export function pacedOn(agent: Agent, now: number): Agent {
  const { growth, most } = paceOf(agent);
  const pause = Math.min(agent.looks.pause * growth, most);
  const deadline = deadlineOf(agent);
  const next = deadline > now ? Math.min(now + pause, deadline) : now + pause;
  return { ...agent, looks: { ...agent.looks, next, pause } };
}

/** A start may show nothing that we know for as long; forge-ready has the same patience. */
export const UNKNOWN_AFTER = 60_000;

/** When a look must be taken, as what did not change until then changes the state. */
function deadlineOf({ known, lastSign, frozenSince, stuckAfter }: Agent): number {
  if (known.state === "starting") return known.since + UNKNOWN_AFTER;
  if (known.state === "stuck") return Number.POSITIVE_INFINITY;
  const since = known.state === "busy" ? lastSign : frozenSince;
  return since === null ? Number.POSITIVE_INFINITY : since + stuckAfter;
}
