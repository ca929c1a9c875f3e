import type { AgentOnHost, AgentState } from "../../../schema/host.ts";

/** What systemd says of one unit. Times are microseconds; 0 is never, or not asked. */
export interface Facts {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly changedAt: number;
  readonly restarts: number;
  readonly pid: number;
  readonly memory: number | null;
  readonly tasks: number | null;

  /** How its last life ended. */
  readonly result: string;
  /** The kernel's word for how the main process ended: 1 by itself, 2 by a signal, 3 with a core dump. */
  readonly code: number;
  /** The exit status, or the signal's number. */
  readonly status: number;
  /** On the monotonic clock: begin and end of the main process, and when the unit last left `active`. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly leftActiveAt: number;
}

export const EXITED = 1;
/** HUP, INT, KILL and TERM, and what a program says that caught one. */
const KILLING_SIGNALS: readonly number[] = [1, 2, 9, 15];
const CAUGHT = 128;

/** The one word for what systemd says. */
export function stateOf(facts: Facts): AgentState {
  const { load, active, sub, restarts } = facts;
  if (load === "masked") return "masked";
  if (load !== "loaded") return "missing";
  if (active === "activating") return sub.startsWith("auto-restart") ? "restarting" : "starting";
  if (active === "deactivating") return "stopping";
  if (active === "inactive") return howItRests(facts);
  if (active !== "failed") return "running";
  if (onRequest(facts)) return "stopped";
  // systemd restarted it before, and no longer does.
  return restarts > 0 ? "failed" : howItEnded(facts);
}

/** systemd leaves `active` before the process ends if it was told to stop, and after it otherwise. */
const onRequest = ({ startedAt, leftActiveAt, endedAt }: Facts): boolean =>
  startedAt < leftActiveAt && leftActiveAt < endedAt;

/** For systemd an end by a polite signal is in order, whoever sent it. What failed and was reset is at rest too. */
function howItRests(facts: Facts): AgentState {
  const { code, status, result } = facts;
  if (code === 0 || onRequest(facts)) return "stopped";
  if (code === EXITED) return status === 0 && result === "success" ? "exited" : "stopped";
  return KILLING_SIGNALS.includes(status) ? "killed" : "stopped";
}

function howItEnded({ result, status }: Facts): AgentState {
  if (result === "oom-kill") return "oom";
  if (result === "timeout" || result === "watchdog") return "killed";
  if (result === "signal") return KILLING_SIGNALS.includes(status) ? "killed" : "crashed";
  if (result === "core-dump") return "crashed";
  if (result !== "exit-code" || neverRan(status)) return "failed";
  return KILLING_SIGNALS.includes(status - CAUGHT) ? "killed" : "crashed";
}

/** What the launcher says of a declaration that cannot be started, and systemd of a unit. */
const neverRan = (status: number): boolean => status === 78 || (status >= 200 && status <= 245);

const BROKEN: readonly AgentState[] = ["restarting", "crashed", "oom", "killed", "failed"];

/** Whether this is how a bad end looks. */
export const isBroken = (state: AgentState): boolean => BROKEN.includes(state);

/** The state, with why it ended where that is not plain. */
export function stateInWords({ state, declared, exitStatus, signal, result }: AgentOnHost): string {
  const exit = exitStatus === null ? result : `exit ${exitStatus}`;
  const how = signal ?? exit;
  const notes = [isBroken(state) ? how : null, declared ? null : "undeclared"];
  const known = notes.filter((note) => note !== null);
  return known.length > 0 ? `${state} (${known.join(", ")})` : state;
}
