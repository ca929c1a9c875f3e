import type { Activity, ActivityRecord } from "../../../schema/activity-record.ts";
import type { Terminal as Signs } from "../../../schema/plan.ts";
import { SEEN, type StatusFolder } from "../../activity-records.ts";
import type { Clock } from "../../clock.ts";
import { excerptOf } from "./excerpt.ts";
import { stateSeen } from "./signs.ts";
import type { Terminal } from "./terminal.ts";

/** The screen adds nothing: it takes prompts after a refusal too, and is the last run's after an end. */
const isCertain = ({ state, event }: ActivityRecord): boolean =>
  state === "exited" ||
  (event !== SEEN && ["ready", "rate-limited", "waiting-login"].includes(state));

export interface Watch {
  readonly status: StatusFolder;
  readonly terminal: Terminal;
  readonly signs: Signs;
  readonly clock: Clock;
  /** The screen is what shows the state to a person, where the terminal told it. */
  readonly tell: (state: Activity, screen: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Looks at what a first frame may not show yet, such as that nobody is logged in: some at once, then one of so many. */
const AFTERTHOUGHTS = { soon: 10, every: 5 };
/** Looks in a row that must agree: a hook may be far ahead of a slow harness's screen. Nothing is, before its first turn. */
const AGREEING = { fresh: 1, busy: 20, otherwise: 2 };
const SOON = 100;
const LATER = 400;
/** As long as a start may show nothing that we know; forge-ready has the same patience. */
const UNKNOWN_AFTER_MS = 60_000;

/**
 * Tells every change of the state, and writes down what only the terminal shows: readiness after a start, a login
 * that is asked for, the end of a turn that no hook told, a start that comes to nothing. Looks only while nothing
 * certain is known.
 */
export async function watchStatus(watch: Watch): Promise<void> {
  const { status, clock, tell, signal } = watch;
  let told: Activity | undefined;
  let last: { at: number; shown: Activity | undefined; times: number } | undefined;
  let written: Seen | undefined;
  let looks = 0;
  let since = clock.now();
  let isFresh = true;
  while (!signal.aborted) {
    const known = await status.read();
    const isNew = known !== undefined && known.state !== told;
    // An end is told by who saw it, with its reason.
    const isOurs = known?.event === SEEN && known.state === written?.state;
    if (isNew && known.state !== "exited") tell(known.state, isOurs ? (written?.screen ?? []) : []);
    if (isNew) since = clock.now();
    told = known?.state;
    const isStarting = known?.state === "starting";
    if (known && known.event !== SEEN) isFresh = isStarting;
    looks = known?.state === "ready" ? looks + 1 : 0;
    if (known && !isCertain(known) && isDue(looks, isFresh)) {
      const { at, state } = known;
      const isLate = isStarting && clock.now() - since > UNKNOWN_AFTER_MS;
      const seen = await look(watch, { isFresh, isLate });
      const shown = seen?.state;
      const isSame = last?.at === at && last.shown === shown;
      last = { at, shown, times: isSame && last ? last.times + 1 : 1 };
      const needed = AGREEING[isFresh ? "fresh" : state === "busy" ? state : "otherwise"];
      const isNews = shown !== undefined && shown !== state && last.times >= needed;
      if (isNews && !signal.aborted) {
        written = seen;
        await status.write(shown, SEEN, known);
      }
      // One dialog after another: the later one is what waits.
      if (seen && isOurs && WAITS.test(state) && shown === state && differ(seen, written)) {
        written = seen;
        tell(state, seen.screen);
      }
    }
    await clock.sleep(known === undefined || isStarting ? SOON : LATER, signal).catch(() => {}); // over
  }
}

/** Until the first prompt is taken: harnesses may say late that they need a login. */
const isDue = (looks: number, isFresh: boolean): boolean =>
  looks <= AFTERTHOUGHTS.soon || (isFresh && looks % AFTERTHOUGHTS.every === 0);

interface Seen {
  readonly state: Activity;
  readonly screen: readonly string[];
}

const WAITS = /^waiting-/;

const differ = (one: Seen, other: Seen | undefined): boolean =>
  one.screen.join("\n") !== other?.screen.join("\n");

async function look(
  { terminal, signs }: Watch,
  { isFresh, isLate }: { readonly isFresh: boolean; readonly isLate: boolean },
): Promise<Seen | undefined> {
  const seen = await terminal.look().catch(() => undefined); // its server may be between two lives
  const shown = seen && stateSeen(seen, signs, isFresh);
  if (shown) return { state: shown.state, screen: excerptOf(shown.text) };
  return isLate ? { state: "unknown", screen: excerptOf(seen?.screen ?? "") } : undefined;
}
