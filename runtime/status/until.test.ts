import assert from "node:assert/strict";
import { test } from "node:test";
import { untilIn } from "./until.ts";

const NOW = new Date(2026, 10, 29, 14, 30, 0);
const today = (hours: number, minutes = 0, day = 29) =>
  new Date(2026, 10, day, hours, minutes).getTime();
const after = (seconds: number) => NOW.getTime() + seconds * 1000;

const CASES: readonly (readonly [line: string, until: number | null])[] = [
  ["✻ Connection refused (ECONNREFUSED) · retrying in 36s · attempt 8/10", after(36)],
  ["[retrying in 5s attempt #2]", after(5)],
  ["Please try again in 1.5s.", after(1.5)],
  ["■ You've hit your usage limit. Try again in 3 days 4 hours 5 minutes.", after(273_900)],
  ["try again in 1h 5m", after(3_900)],
  ["■ You've hit your usage limit. Upgrade, or try again at 3:04 PM.", today(15, 4)],
  ["try again at 15:04", today(15, 4)],
  ["You've hit your limit · resets 3pm", today(15)],
  ["You've hit your limit · resets 3am", today(3, 0, 30)],
  ["Access resets at 2:30 PM", today(14, 30, 30)],
  ["Access resets at 3:04 PM GMT+1.", today(15, 4)], // gemini's own words for the zone of its machine
  ["resets 12am", today(0, 0, 30)],
  ["resets 3pm (UTC)", nextUtc(15)],
  ["resets 3pm (Antarctica/Troll)", null],
  ["resets Dec 4, 3pm", null],
  ["try again at Dec 4th, 2026 3:04 PM", null],
  ["resets 4 counters", null],
  ["try again in a moment", null],
  ["resets 25:00", null],
  ["", null],
];

function nextUtc(hours: number): number {
  const then = new Date(NOW);
  then.setUTCHours(hours, 0, 0, 0);
  return then.getTime() + (then <= NOW ? 86_400_000 : 0);
}

for (const [line, until] of CASES)
  test(`the end of a limit: ${line || "nothing"}`, () => {
    assert.equal(untilIn(`before\n${line}\nafter`, NOW), until);
  });

test("of two lines the lower is the later", () => {
  assert.equal(untilIn("try again at 15:04\nretrying in 36s", NOW), after(36));
});
