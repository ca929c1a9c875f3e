import type { AgentStatus } from "../../schema/agent-status.ts";
import { paced } from "./pace.ts";
import type { Agent, Effect, Known, Now, Step, Turn } from "./types.ts";

export const only = (agent: Agent): Step => ({ agent, effects: [] });

/** `since` follows the wall clock when that is set, so it is never in the future. */
export function statusOf({ known }: Agent, { monotonic, wall }: Now): AgentStatus {
  const { state, source, event, screen, until } = known;
  const since = Math.floor(wall - Math.max(0, monotonic - known.since));
  return { state, since, source, event, screen, until };
}

const NO_TURN: Turn = { session: null, turn: null };

/** What is told of a state; `at` is when the agent came into it. */
export interface News extends Pick<Known, "state" | "source" | "event"> {
  readonly at: number;
  readonly screen?: readonly string[];
  readonly until?: number | null;
  readonly turn?: Turn;
}

/** The agent in the state that is told, and what follows from the change. */
export function enter(before: Agent, news: News, now: Now): Step {
  const { at, source, event, screen = [], until = null } = news;
  const { known } = before;
  const state = news.state === "waiting-login" && before.hasWorked ? "login-expired" : news.state;
  const isSame = known.state === state;
  const since = isSame ? known.since : Math.min(now.monotonic, Math.max(at, known.since));
  const isExcerptKept = isSame && screen.length === 0;
  const next: Known = {
    ...{ state, since, source, event },
    screen: isExcerptKept ? known.screen : screen,
    until: isSame ? (until ?? known.until) : until,
  };
  const heard = { ...before, known: next, heard: now.monotonic, candidate: null };
  const turned = turn(heard, news, before);
  const agent = isSame ? turned.agent : paced(turned.agent, now.monotonic);
  return { agent, effects: [...changed(before, agent, now), ...turned.effects] };
}

/** Evidence alone is no news, but that the harness itself was heard of is. */
export function changed({ known }: Agent, agent: Agent, now: Now): readonly Effect[] {
  const next = agent.known;
  const isNews =
    next.state !== known.state ||
    next.until !== known.until ||
    next.screen.join("\n") !== known.screen.join("\n") ||
    (known.source === "supervisor" && next.source !== "supervisor");
  return isNews ? [{ kind: "changed", status: statusOf(agent, now) }] : [];
}

/** A rate limit alone does not end a turn: some harnesses try again. */
const ENDS = new Set(["ready", "waiting-login", "login-expired"]);
const LASTS = new Set(["busy", "stuck", "waiting-permission", "rate-limited", "unknown"]);

function turn(agent: Agent, news: News, { known }: Agent): Step {
  const { state } = agent.known;
  if (state === "busy") {
    const running = named(agent, news.turn ?? NO_TURN);
    return only({ ...agent, turn: running, isFresh: false, lastSign: agent.heard });
  }
  const isRefused = state === "rate-limited" && news.source === "screen";
  if (LASTS.has(state) && !isRefused) return only(agent);
  const { turn: running, lastEnded } = agent;
  const name = news.turn?.turn ?? null;
  // One whose begin was never told has a name, at least in some harnesses.
  const isUntold = running === null && name !== null && name !== lastEnded && ENDS.has(state);
  if (running === null && !isUntold) return only(agent);
  const isGood = state === "ready" && !["rate-limited", "unknown"].includes(known.state);
  return endTurn({ ...agent, hasWorked: agent.hasWorked || isGood }, news.turn);
}

/** Not every report names the conversation and the turn. */
const named = ({ turn: running }: Agent, { session, turn }: Turn): Turn => ({
  session: session ?? running?.session ?? null,
  turn: turn ?? running?.turn ?? null,
});

export function endTurn(agent: Agent, last: Turn = NO_TURN): Step {
  const ended = named(agent, last);
  return {
    agent: { ...agent, turn: null, lastEnded: ended.turn ?? agent.lastEnded },
    effects: [{ kind: "turn-ended", ...ended }],
  };
}
