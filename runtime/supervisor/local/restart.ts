/** When a harness that ended in failure is started again, and when no more. Times in milliseconds. */
export interface RestartPolicy {
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A run of this length forgives what was before it. */
  readonly steadyAfter: number;
  readonly limit: number;
  readonly within: number;
}

export const RESTART: RestartPolicy = Object.freeze({
  firstDelay: 1000,
  longestDelay: 30_000,
  steadyAfter: 60_000,
  limit: 5,
  within: 60_000,
});

export interface History {
  /** When the recent failures happened, oldest first. */
  readonly failures: readonly number[];
  readonly nextDelay: number;
}

export type Verdict =
  | { readonly kind: "restart"; readonly delay: number; readonly failures: number }
  | { readonly kind: "give-up"; readonly failures: number };

export const noFailures = (policy: RestartPolicy): History => ({
  failures: [],
  nextDelay: policy.firstDelay,
});

/** What to do about a run that started and failed at these times. */
export function afterFailure(
  history: History,
  run: { readonly started: number; readonly failed: number },
  policy: RestartPolicy,
): { readonly history: History; readonly verdict: Verdict } {
  const steady = run.failed - run.started >= policy.steadyAfter;
  const before = steady ? noFailures(policy) : history;
  const recent = before.failures.filter((at) => run.failed - at < policy.within);
  const failures = [...recent, run.failed];
  const delay = before.nextDelay;
  const nextDelay = Math.min(delay * 2, policy.longestDelay);
  return {
    history: { failures, nextDelay },
    verdict:
      failures.length >= policy.limit
        ? { kind: "give-up", failures: failures.length }
        : { kind: "restart", delay, failures: failures.length },
  };
}
