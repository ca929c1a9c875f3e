import { constants } from "node:os";
import type { AgentOnHost, UnitState } from "../../../schema/command-output.ts";
import { type End, reasonOf, STATE_AFTER } from "../../../schema/lifecycle.ts";

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

/** The one word for what systemd says. */
export function stateOf(facts: Facts): UnitState {
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

/** What is at rest ended in order for systemd, or it failed and was reset. */
function howItRests(facts: Facts): UnitState {
  if (facts.code === 0 || onRequest(facts)) return "stopped";
  const reason = reasonOf(endOf(facts));
  if (reason === "clean" && facts.result === "success") return STATE_AFTER.clean;
  return reason === "killed" ? STATE_AFTER.killed : "stopped";
}

function howItEnded(facts: Facts): UnitState {
  if (facts.result === "timeout" || facts.result === "watchdog") return "killed";
  return STATE_AFTER[reasonOf(endOf(facts))];
}

/** How the main process of a unit ended; a unit without one was not started. */
function endOf({ result, code, status }: Facts): End {
  if (result === "oom-kill") return { kind: "oom" };
  if (code === 0) return { kind: "not-started" };
  return code === EXITED
    ? { kind: "code", code: status }
    : { kind: "signal", signal: signalName(status) };
}

export const signalName = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ??
  `signal ${number}`;

const BROKEN: readonly UnitState[] = ["restarting", "crashed", "oom", "killed", "failed"];

/** Whether this is how a bad end looks. */
export const isBroken = (state: UnitState): boolean => BROKEN.includes(state);

/** The state, with why it ended where that is not plain. */
export function stateInWords({
  unitState: state,
  declared,
  exitStatus,
  signal,
  result,
}: AgentOnHost): string {
  const exit = exitStatus === null ? result : `exit ${exitStatus}`;
  const how = signal ?? exit;
  const notes = [isBroken(state) ? how : null, declared ? null : "undeclared"];
  const known = notes.filter((note) => note !== null);
  return known.length > 0 ? `${state} (${known.join(", ")})` : state;
}
