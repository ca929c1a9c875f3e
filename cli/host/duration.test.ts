import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "./duration.ts";

test("a duration is seconds, or a number with a unit", () => {
  const given = ["90", "0.5", "30s", "10m", "2h", "1d", "1.5h"];
  const expected = [90_000, 500, 30_000, 600_000, 7_200_000, 86_400_000, 5_400_000];
  assert.deepEqual(given.map(duration), expected);
  for (const wrong of ["", "0", "0s", "-1", "1w", "s", "1 h", "1e3", "Infinity", "9".repeat(30)])
    assert.equal(duration(wrong), undefined, wrong);
});
