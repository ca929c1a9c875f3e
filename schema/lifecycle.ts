/**
 * How an agent's process ends, what the end is called, and whether the agent is started again. systemd (by the unit
 * of modules/service/) and `forge up` follow the same rules; schema/lifecycle-cases.ts tests both.
 */
import type { UnitState } from "./command-output.ts";

/** How a process ended, as its supervisor sees it. */
export type End =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  /** The kernel or systemd ended it because memory was short. */
  | { readonly kind: "oom" }
  /** Its terminal was gone first. */
  | { readonly kind: "lost" }
  /** There was never a process. */
  | { readonly kind: "not-started" };

/** Why an agent does not run. The journal has these words in FORGE_REASON, `forge up --json` in `cause`. */
export type EndReason =
  | "clean"
  | "stopped"
  | "crash"
  | "killed"
  | "oom"
  | "not-started"
  | "start-limit";

/** The state that `forge ps` shows of an agent that ended for this reason and stays down. */
export const STATE_AFTER = {
  clean: "exited",
  stopped: "stopped",
  crash: "crashed",
  killed: "killed",
  oom: "oom",
  "not-started": "failed",
  "start-limit": "failed",
} as const satisfies { readonly [R in EndReason]: UnitState };

/** A failed agent is started again after a delay, at most `burst` times within an interval. Seconds. */
export const RESTART_RULES = { delay: 2, burst: 5, interval: 30 } as const;

/**
 * How long a stop waits, in seconds: for the harness to leave by its quit text, and for the whole stop until SIGKILL.
 * `term` must be the larger, as TimeoutStopSec= also bounds ExecStop=, which types the quit text.
 */
export const STOP_RULES = { quit: 10, term: 20 } as const;

/** What the launcher says of a start that no restart can mend: it already runs, or its declaration cannot work. */
export const REFUSED = { alreadyRunning: 75, configuration: 78 } as const;

/** Signals that someone sends to end a program. A program that catches one exits with 128 and its number. */
const KILLING = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 } as const;

/** An end by one of these is wanted, as for systemd: the agent stays down. */
export const FINAL_SIGNALS = ["SIGINT", "SIGPIPE", "SIGTERM"] as const;
const CAUGHT = 128;

/** Exit statuses that count as one of these signals. */
export const FINAL_CODES: readonly number[] = FINAL_SIGNALS.map((name) => CAUGHT + KILLING[name]);

/** systemd exits with these in the place of a program that it could not start. */
const isOfSystemd = (code: number): boolean => code >= 200 && code <= 245;

const isRefusal = (code: number): boolean => Object.values<number>(REFUSED).includes(code);

export function reasonOf(end: End): EndReason {
  switch (end.kind) {
    case "code":
      return reasonOfCode(end.code);
    case "signal":
      return Object.hasOwn(KILLING, end.signal) ? "killed" : "crash";
    case "lost":
      return "killed";
    default:
      return end.kind;
  }
}

function reasonOfCode(code: number): EndReason {
  if (code === 0) return "clean";
  if (isRefusal(code) || isOfSystemd(code)) return "not-started";
  return Object.values<number>(KILLING).includes(code - CAUGHT) ? "killed" : "crash";
}

/** Whether an end that nobody asked for is followed by another start. */
export function isRestarted(end: End): boolean {
  switch (end.kind) {
    case "code":
      return end.code !== 0 && !isRefusal(end.code) && !FINAL_CODES.includes(end.code);
    case "signal":
      return !FINAL_SIGNALS.some((name) => name === end.signal);
    default:
      return true;
  }
}
