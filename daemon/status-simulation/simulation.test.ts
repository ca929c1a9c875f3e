import assert from "node:assert/strict";
import { test } from "node:test";
import { PLANTED } from "./planted.ts";
import { type Core, simulate } from "./world.ts";

const SCHEDULES = 20_000;
const SECONDS = 60;

/** FORGE_SEED repeats one schedule. */
const only = process.env["FORGE_SEED"];
const [first, last] = only === undefined ? [1, SCHEDULES] : [Number(only), Number(only)];

/** The first schedule that breaks a promise, or that which begins with this word. */
function firstBroken(core?: Core, promise = ""): number | undefined {
  for (let seed = first; seed <= last; seed++) {
    const broken = simulate(core ? { seed, core } : { seed });
    if (broken.some((text) => text.startsWith(promise))) return seed;
  }
  return undefined;
}

test(`${SCHEDULES} schedules break no promise, within ${SECONDS} s`, () => {
  const began = performance.now();
  const seed = firstBroken();
  if (seed !== undefined) {
    const trace: string[] = [];
    const broken = simulate({ seed, trace: (line) => trace.push(line) });
    assert.fail([...broken, ...trace, `FORGE_SEED=${seed} repeats this`].join("\n"));
  }
  assert.ok(performance.now() - began < SECONDS * 1000);
});

for (const [promise, core] of Object.entries(PLANTED)) {
  test(`a planted mistake is found: ${promise}`, { skip: only !== undefined }, () => {
    const seed = firstBroken(core, `${promise}: `);
    assert.ok(seed !== undefined, "no schedule found it");
    assert.deepEqual(simulate({ seed, core }), simulate({ seed, core }), "it replays");
  });
}
