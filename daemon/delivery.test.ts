import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../runtime/clock.ts";
import { type Composer, type Delivery, deliver, type Handed } from "./delivery.ts";
import { type Ledger, openLedger } from "./ledger/ledger.ts";
import type { Found } from "./prompts/types.ts";

/** A ledger on the disk, and a harness that does what a test says. */
async function scene() {
  const folder = await mkdtemp(join(tmpdir(), "forge-delivery-"));
  const ledger: Ledger = openLedger(join(folder, "prompts.db"), { now: Date.now });
  const typed: string[] = [];
  const harness = {
    isFree: true,
    outcome: "handed-over" as Handed["outcome"],
    found: "lost" as Found,
  };
  let stop = new AbortController();
  const composer: Composer = {
    channel: { acknowledges: true, isIdempotent: false },
    isFree: async () => harness.isFree,
    deliver: async ({ text }) => {
      if (harness.outcome === "refused") return { outcome: "refused", reason: "no such command" };
      if (harness.outcome === "handed-over") typed.push(text);
      return { outcome: harness.outcome };
    },
    find: async () => harness.found,
    enter: async () => {},
  };
  const start = (): Delivery => {
    stop = new AbortController();
    const { signal } = stop;
    const clock = systemClock;
    const begun = deliver({ agent: "a", ledger, composer, clock, wall: Date.now, signal });
    begun.note({ kind: "started" });
    begun.note({ kind: "idle", at: null });
    return begun;
  };
  let delivery = start();
  const phaseOf = (id: string) => ledger.find(id)?.phase;
  return {
    harness,
    typed,
    delivery: () => delivery,
    send: (text: string): string => {
      const { record } = ledger.accept({ agent: "a", text });
      const { id, sequence, priority, expires } = record;
      delivery.send({ id, text, sequence, priority, expires });
      return id;
    },
    phaseOf,
    becomes: async (id: string, phase: string) => {
      while (phaseOf(id) !== phase) await systemClock.sleep(5, AbortSignal.timeout(10_000));
    },
    restart: async () => {
      stop.abort();
      await delivery.over;
      delivery = start();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await delivery.over;
      ledger[Symbol.dispose]();
      await rm(folder, { recursive: true });
    },
  };
}

test("prompts reach the harness one after the other, and the ledger has their verdicts", async () => {
  await using s = await scene();
  const [one, two] = [s.send("one"), s.send("two")];
  await s.becomes(one, "delivering");
  while (s.typed.length === 0) await systemClock.sleep(5);
  s.delivery().acknowledge(one, systemClock.now());
  await s.becomes(one, "submitted");
  assert.deepEqual(s.typed, ["one"]);
  s.delivery().note({ kind: "idle", at: systemClock.now() });
  await s.becomes(two, "delivering");
  while (s.typed.length === 1) await systemClock.sleep(5);
  assert.deepEqual(s.typed, ["one", "two"]);
  assert.equal(s.delivery().underWay()?.id, two);
});

test("what waits for the composer can be cancelled, and what is refused has failed", async () => {
  await using s = await scene();
  s.harness.isFree = false;
  const waiting = s.send("waits");
  await systemClock.sleep(20);
  assert.equal(await s.delivery().cancel(waiting), true);
  assert.equal(s.phaseOf(waiting), "cancelled");
  assert.equal(await s.delivery().cancel(waiting), false);
  s.harness.isFree = true;
  s.harness.outcome = "refused";
  s.delivery().note({ kind: "idle", at: null });
  const refused = s.send("/quit");
  await s.becomes(refused, "failed");
  assert.deepEqual(s.typed, []);
});

for (const [found, phase, times] of [
  ["in-session", "submitted", 1],
  ["untouched", "delivering", 2],
] as const) {
  test(`a delivery that was interrupted is ${phase} if the prompt is ${found}`, async () => {
    await using s = await scene();
    const id = s.send("once");
    while (s.typed.length === 0) await systemClock.sleep(5);
    s.harness.found = found;
    await s.restart();
    await s.becomes(id, phase);
    while (s.typed.length < times) await systemClock.sleep(5);
    assert.equal(s.typed.length, times);
  });
}
