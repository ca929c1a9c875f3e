import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { RunningFleet } from "../../runtime/supervisor/local/fleet.ts";
import { untilSignal } from "./until-signal.ts";

/** A fleet that notes what is asked of it; `stop` ends when `release` is called or it is killed. */
function recorder() {
  const calls: string[] = [];
  const released = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const fleet: RunningFleet = {
    agents: new Map(),
    failed: new Set(),
    settled: settled.promise,
    stop: () => {
      calls.push("stop");
      return released.promise;
    },
    kill: async () => {
      calls.push("kill");
      released.resolve();
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { calls, fleet, release: released.resolve, settle: settled.resolve };
}

const stay = async () => "stay" as const;

test("a signal stops, one that follows at once is the same, a later one kills", async () => {
  const { calls, fleet } = recorder();
  const signals = new EventEmitter();
  let now = 0;
  const up = Promise.withResolvers<void>();
  const ended = untilSignal(
    signals,
    async () => fleet,
    async () => {
      up.resolve();
      return "stay";
    },
    { now: () => now },
  );
  await up.promise;
  signals.emit("SIGINT");
  signals.emit("SIGINT");
  assert.equal(calls.includes("kill"), false);
  now = 501;
  signals.emit("SIGINT");
  assert.equal(await ended, fleet);
  assert.deepEqual(calls.sort(), ["kill", "stop"]);
  assert.equal(signals.listenerCount("SIGINT"), 0);
});

test("work that is done stops the fleet, and so does a fleet that is settled", async () => {
  for (const settles of [false, true]) {
    const { calls, fleet, release, settle } = recorder();
    release();
    if (settles) settle();
    const work = settles ? stay : async () => "done" as const;
    await untilSignal(new EventEmitter(), async () => fleet, work);
    assert.deepEqual(calls, ["stop"]);
  }
});

test("work that fails stops the fleet and is told", async () => {
  const { calls, fleet, release } = recorder();
  release();
  const work = () => Promise.reject(new Error("no answer"));
  await assert.rejects(
    untilSignal(new EventEmitter(), async () => fleet, work),
    /no answer/,
  );
  assert.deepEqual(calls, ["stop"]);
});

test("a signal during the start ends it without a fleet", async () => {
  const signals = new EventEmitter();
  const start = async (signal: AbortSignal) => {
    signals.emit("SIGTERM");
    signal.throwIfAborted();
    return recorder().fleet;
  };
  assert.equal(await untilSignal(signals, start, stay), undefined);
});
