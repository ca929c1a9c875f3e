import assert from "node:assert/strict";
import { test } from "node:test";
import { afterFailure, noFailures, RESTART, type Verdict } from "./restart.ts";

/** Plays runs of these lengths (ms), each failing, and returns what was decided after each. */
function play(lengths: readonly number[]): readonly Verdict[] {
  let now = 0;
  let history = noFailures(RESTART);
  return lengths.map((length) => {
    const started = now;
    const step = afterFailure(history, { started, failed: started + length }, RESTART);
    history = step.history;
    now = started + length + (step.verdict.kind === "restart" ? step.verdict.delay : 0);
    return step.verdict;
  });
}

test("immediate failures back off and end at the limit", () => {
  assert.deepEqual(play([0, 0, 0, 0, 0]), [
    { kind: "restart", delay: 1000, failures: 1 },
    { kind: "restart", delay: 2000, failures: 2 },
    { kind: "restart", delay: 4000, failures: 3 },
    { kind: "restart", delay: 8000, failures: 4 },
    { kind: "give-up", failures: 5 },
  ]);
});

test("slow failures are restarted for ever, at most every 30 s", () => {
  const delays = play(Array(8).fill(20_000)).map((v) => (v.kind === "restart" ? v.delay : "end"));
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("a run of a minute starts over", () => {
  assert.deepEqual(play([0, 0, 0, 60_000]).at(-1), { kind: "restart", delay: 1000, failures: 1 });
  assert.deepEqual(play([0, 0, 0, 45_000]).at(-1), { kind: "restart", delay: 8000, failures: 4 });
});
