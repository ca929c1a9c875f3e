import assert from "node:assert/strict";
import { test } from "node:test";
import { findIdle } from "./find-idle.ts";

/** A clock on which no time is waited, until so many looks are over. */
function scene(frees: readonly boolean[], waits = true) {
  const over = new AbortController();
  const noted: number[] = [];
  let looks = 0;
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      if (looks >= frees.length || now > 100_000) over.abort();
    },
  };
  const composer = { isFree: async () => frees[looks++] ?? false };
  const delivery = { waitsForIdle: () => waits, note: () => void noted.push(looks) };
  const run = () => findIdle({ delivery, composer, clock, signal: over.signal });
  return { run, noted, looks: () => looks, now: () => now };
}

test("five looks in a row that agree are word of idleness, and fewer are not", async () => {
  const s = scene([true, true, true, true, false, true, true, true, true, true, false]);
  await s.run();
  assert.deepEqual(s.noted, [10]);
});

test("a harness at work is looked at less and less", async () => {
  const s = scene(Array(10).fill(false));
  await s.run();
  assert.deepEqual(s.noted, []);
  assert.ok(s.now() > 50_000, String(s.now()));
});

test("nobody looks while no prompt waits for it", async () => {
  const s = scene([true], false);
  await s.run();
  assert.equal(s.looks(), 0);
});
