import assert from "node:assert/strict";
import { test } from "node:test";
import { afterFailure, firstStart, RESTART } from "./restart.ts";

/** Plays runs of these lengths (ms), each failing, and returns the number of the next start in its interval. */
function play(lengths: readonly number[]): readonly (number | "give-up")[] {
  let now = 0;
  let history = firstStart(now);
  return lengths.map((length) => {
    now += length;
    const verdict = afterFailure(history, now, RESTART);
    if (verdict.kind === "give-up") return verdict.kind;
    history = verdict.history;
    now += verdict.delay;
    return history.starts;
  });
}

test("immediate failures are restarted up to the limit", () => {
  assert.deepEqual(play([0, 0, 0, 0, 0]), [2, 3, 4, 5, "give-up"]);
});

test("slow failures are restarted for ever", () => {
  assert.deepEqual(play(Array(9).fill(10_000)), [2, 3, 1, 2, 3, 1, 2, 3, 1]);
});

test("a run that outlasts the interval starts over", () => {
  assert.deepEqual(play([0, 0, 0, 0, 30_000, 0]), [2, 3, 4, 5, 1, 2]);
});
