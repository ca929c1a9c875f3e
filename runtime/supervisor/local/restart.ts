import { RESTART_RULES } from "../../../schema/lifecycle.ts";

/** When a harness that ended in failure is started again, and when no more. Times in milliseconds. */
export interface RestartPolicy {
  readonly delay: number;
  /** As many starts are allowed within an interval, which begins with a start. */
  readonly burst: number;
  readonly interval: number;
}

/** The rules of the unit on NixOS. */
export const RESTART: RestartPolicy = Object.freeze({
  delay: RESTART_RULES.delay * 1000,
  burst: RESTART_RULES.burst,
  interval: RESTART_RULES.interval * 1000,
});

/** The starts of the current interval, as systemd counts them. */
export interface History {
  readonly began: number;
  readonly starts: number;
}

export const firstStart = (now: number): History => ({ began: now, starts: 1 });

export type Verdict =
  | { readonly kind: "restart"; readonly delay: number; readonly history: History }
  | { readonly kind: "give-up" };

/** What to do about a failure at this time. */
export function afterFailure(history: History, failed: number, policy: RestartPolicy): Verdict {
  const { delay, burst, interval } = policy;
  const next = failed + delay;
  if (next - history.began > interval) {
    return { kind: "restart", delay, history: firstStart(next) };
  }
  if (history.starts >= burst) return { kind: "give-up" };
  return { kind: "restart", delay, history: { ...history, starts: history.starts + 1 } };
}
