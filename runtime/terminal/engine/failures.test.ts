import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity } from "../../../schema/activity-record.ts";
import { systemClock } from "../../clock.ts";
import { failureWatch } from "./failures.ts";

/** A terminal that shows what it is told to, and a clock on which a second is a few milliseconds. */
function scene() {
  const told: string[] = [];
  const stop = new AbortController();
  let screen = "";
  const sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal);
  const note = failureWatch({
    terminal: { look: async () => ({ title: "", screen }) },
    sign: { screen: "^ Error: " },
    clock: { ...systemClock, sleep },
    tell: (text) => told.push(text),
    signal: stop.signal,
  });
  /** The state and the screen, and what is told soon after. */
  const next = async (state: Activity, shown: string) => {
    screen = shown;
    note(state);
    await systemClock.sleep(60);
    return told.splice(0);
  };
  return { next, stop };
}

test("a failure is told during the turn and at its end, each once", async () => {
  const { next } = scene();
  assert.deepEqual(await next("ready", "hello"), []);
  assert.deepEqual(await next("busy", "hello\n Error: no connection, 1 of 3"), [
    "Error: no connection, 1 of 3",
  ]);
  assert.deepEqual(await next("busy", "hello\n Error: no connection, 2 of 3"), []);
  assert.deepEqual(await next("ready", "hello\n Error: no connection, 2 of 3\n Error: 404"), [
    "Error: 404",
  ]);
  assert.deepEqual(await next("busy", " Error: 404\nanother"), []);
  assert.deepEqual(await next("ready", " Error: 404\nanother\nan answer"), []);
});

test("what an earlier run left in view is not told", async () => {
  const { next } = scene();
  assert.deepEqual(await next("starting", ""), []);
  assert.deepEqual(await next("ready", " Error: 404 of yesterday"), []);
  assert.deepEqual(await next("busy", " Error: 404 of yesterday\nhello"), []);
  assert.deepEqual(await next("ready", " Error: 404 of yesterday\nhello\n Error: closed"), [
    "Error: closed",
  ]);
});

test("a turn that is over at once is looked at", async () => {
  const { next } = scene();
  await next("ready", "");
  const told = await Promise.all([next("busy", ""), next("ready", "\n Error: 404")]);
  assert.deepEqual(told.flat(), ["Error: 404"]);
});

test("nothing is told of an agent that ended", async () => {
  const { next, stop } = scene();
  await next("busy", "");
  stop.abort();
  assert.deepEqual(await next("ready", " Error: 404"), []);
});
