import type { State } from "../../schema/agent-status.ts";
import { changed, endTurn, enter, only } from "./known.ts";
import { paced, pacedOn, UNKNOWN_AFTER } from "./pace.ts";
import type { Agent, Candidate, Effect, Event, Known, Now, Seen, Shown, Step } from "./types.ts";

/** An answer that did not come within as long is given up. */
export const LOOK_PATIENCE = 10_000;

type Looked = Extract<Event, { kind: "looked" }>;

export function looked(before: Agent, { id, seen }: Looked, now: Now): Step {
  const { looks, run } = before;
  if (looks.id !== id || run !== "up") return only(before);
  const answered = { ...before, looks: { ...looks, since: null } };
  if (seen === null) return unseen(answered, now);
  // What was told since it began is newer than what it saw.
  if (seen.began < before.heard) return only(onward({ ...answered, print: seen.print }, now));
  const alive = withSigns(answered, seen);
  const failed = failure(alive.agent, seen);
  const judged = judge(failed.agent, seen, alive.moves, now);
  return { agent: onward(judged.agent, now), effects: [...failed.effects, ...judged.effects] };
}

/** A state that was just entered has its next look already. */
const onward = (agent: Agent, now: Now): Agent =>
  agent.looks.next > now.monotonic ? agent : pacedOn(agent, now.monotonic);

const RETRY = 5_000;

/** What a look did not find does not wait for the next of a long row. */
function soon(before: Agent, now: Now): Agent {
  const agent = onward(before, now);
  const next = Math.min(agent.looks.next, now.monotonic + RETRY);
  return { ...agent, looks: { ...agent.looks, next } };
}

/** Nothing that the terminal could show is known. */
export function unseen(before: Agent, now: Now): Step {
  const { known, lastSign, stuckAfter } = before;
  const isLate = known.state === "starting" && now.monotonic - known.since >= UNKNOWN_AFTER;
  const isLost = known.state === "busy" && now.monotonic - lastSign >= stuckAfter;
  if (!isLate && !isLost) return only(soon(before, now));
  return enter(before, { state: "unknown", source: null, event: null, at: now.monotonic }, now);
}

function withSigns(agent: Agent, seen: Seen): { readonly agent: Agent; readonly moves: boolean } {
  const moves = agent.print !== null && agent.print !== seen.print && !seen.isFrozen;
  const frozenSince = seen.isFrozen ? (agent.frozenSince ?? seen.began) : null;
  const lastSign = moves ? Math.max(agent.lastSign, seen.began) : agent.lastSign;
  return { agent: { ...agent, print: seen.print, frozenSince, lastSign }, moves };
}

/** A harness that tries again counts seconds and attempts. */
const shapeOf = (text: string): string => text.replace(/\d+/g, "#");

/** Each failure is told once; one that stays in view from an earlier run never. */
function failure(agent: Agent, { failure: line }: Seen): Step {
  if (line === "" || shapeOf(line) === agent.failure) return only(agent);
  const effects: readonly Effect[] = agent.isFresh ? [] : [{ kind: "request-failed", line }];
  return { agent: { ...agent, failure: shapeOf(line) }, effects };
}

function judge(agent: Agent, seen: Seen, moves: boolean, now: Now): Step {
  if (isStuck(agent, now)) return stuck(agent, seen, now);
  if (seen.isFrozen) return only({ ...agent, candidate: null });
  if (agent.known.state === "stuck" && agent.turn !== null && moves && seen.shown !== "ready")
    return enter(agent, { state: "busy", source: "screen", event: "screen", at: seen.began }, now);
  if (isShown(agent.known.state, seen.shown)) return same(agent, seen, now);
  const needed = neededFor(agent, seen, moves);
  if (needed === null) return nothing(agent, seen, now);
  return weigh(agent, { seen, shown: needed.shown, needed, moves }, now);
}

const isShown = (state: State, shown: Shown | null): boolean =>
  shown === (state === "login-expired" ? "waiting-login" : state);

/** Nothing changed in a turn, or the kernel stopped the harness at all, for too long. */
function isStuck({ known, lastSign, frozenSince, stuckAfter }: Agent, now: Now): boolean {
  if (known.state === "stuck") return false;
  const since = known.state === "busy" ? lastSign : frozenSince;
  return since !== null && now.monotonic - since >= stuckAfter;
}

function stuck(agent: Agent, { isFrozen, screen }: Seen, now: Now): Step {
  const evidence = isFrozen
    ? ({ source: "supervisor", event: "SIGSTOP" } as const)
    : ({ source: "screen", event: "unchanged" } as const);
  return enter(agent, { ...evidence, state: "stuck", at: now.monotonic, screen }, now);
}

/** Which question waits, and until when a limit lasts, may still be news. */
function same(before: Agent, seen: Seen, now: Now): Step {
  const { known } = before;
  const asks = known.state === "waiting-permission" || isShown(known.state, "waiting-login");
  const screen = asks ? seen.screen : known.screen;
  return told(before, { ...known, screen, until: untilOf(known, seen) }, now);
}

function told(before: Agent, known: Known, now: Now): Step {
  const agent = { ...before, known, candidate: null };
  return { agent, effects: changed(before, agent, now) };
}

/** Seconds that count down give nearly the same time at each look. */
const DRIFT = 5_000;

function untilOf({ state, until }: Known, seen: Seen): number | null {
  if (state !== "rate-limited" || seen.until === null) return until;
  return until !== null && Math.abs(until - seen.until) <= DRIFT ? until : seen.until;
}

/** For how long looks must agree on what they show. A hook may be far ahead of a slow harness's screen. */
interface Needed {
  readonly shown: Shown;
  readonly looks: number;
  readonly ms: number;
}

const AT_ONCE = { looks: 1, ms: 0 };
const SOON = { looks: 2, ms: 800 };
const AT_WORK = { looks: 2, ms: 3_000 };
const LONG = { looks: 4, ms: 8_000 };

/** Null if what is shown says nothing new. */
function neededFor(agent: Agent, seen: Seen, moves: boolean): Needed | null {
  const { known, isFresh, turn } = agent;
  const { shown } = seen;
  if (shown === null) return null;
  const { state, source } = known;
  // It takes prompts after a refusal too.
  const isRefused =
    source === "harness" && (state === "rate-limited" || isShown(state, "waiting-login"));
  if (shown === "busy") {
    if (state === "rate-limited" && seen.isLimited) return null;
    if (state === "ready" && !isFresh) return { shown, ...LONG };
    const mayWork = moves || agent.candidate?.shown === shown;
    return mayWork ? { shown, ...(isFresh ? LONG : AT_WORK) } : null;
  }
  if (isRefused) return null;
  if (isFresh) return { shown, ...AT_ONCE };
  return { shown, ...(state === "busy" || (state === "stuck" && turn !== null) ? LONG : SOON) };
}

/** No sign, or one that says nothing new. */
function nothing(before: Agent, seen: Seen, now: Now): Step {
  const { known, turn } = before;
  const agent = { ...before, candidate: null };
  if (known.state === "starting" && now.monotonic - known.since >= UNKNOWN_AFTER) {
    const { screen } = seen;
    return enter(
      agent,
      { state: "unknown", source: "screen", event: null, at: now.monotonic, screen },
      now,
    );
  }
  if (known.state !== "rate-limited") return only(agent);
  const next = told(agent, { ...known, until: untilOf(known, seen) }, now);
  if (turn === null || seen.shown !== "ready") return next;
  const ended = endTurn(next.agent);
  return { agent: ended.agent, effects: [...next.effects, ...ended.effects] };
}

interface Weighed {
  readonly seen: Seen;
  readonly shown: Shown;
  readonly needed: Needed;
  readonly moves: boolean;
}

function weigh(agent: Agent, { seen, shown, needed, moves }: Weighed, now: Now): Step {
  const last = agent.candidate?.shown === shown ? agent.candidate : null;
  const candidate: Candidate = last
    ? { ...last, looks: last.looks + 1, moves: last.moves || moves }
    : { shown, since: seen.began, looks: 1, moves: false };
  const agrees = candidate.looks >= needed.looks && seen.began - candidate.since >= needed.ms;
  if (!agrees) {
    const doubting = { ...agent, candidate };
    return only(last ? doubting : paced(doubting, now.monotonic));
  }
  return shown === "busy" ? atWork(agent, candidate, now) : accept(agent, seen, shown, now);
}

const SIGN_OF = {
  ready: "ready",
  busy: "busy",
  "waiting-permission": "dialog",
  "waiting-login": "login",
  "rate-limited": "rateLimited",
} as const satisfies { readonly [S in Shown]: string };

function accept(agent: Agent, seen: Seen, shown: Shown, now: Now): Step {
  const { screen, until, began: at } = seen;
  const news = { state: shown, source: "screen", event: SIGN_OF[shown], at, screen } as const;
  return enter(agent, { ...news, until: shown === "rate-limited" ? until : null }, now);
}

/** A turn that no report told. In a turn something moves; a sign that stands still may be a text. */
function atWork(agent: Agent, { since: at, moves }: Candidate, now: Now): Step {
  const news = { source: "screen", event: SIGN_OF.busy, at } as const;
  if (moves) return enter({ ...agent, lastWork: at }, { ...news, state: "busy" }, now);
  if (agent.known.state !== "ready" || agent.isFresh) return only({ ...agent, candidate: null });
  return enter(agent, { ...news, state: "unknown" }, now);
}
