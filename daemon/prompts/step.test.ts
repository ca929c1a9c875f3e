import assert from "node:assert/strict";
import { test } from "node:test";
import { ENTERS, nextTick, openPrompts, PATIENCE, RETRY, restore, step } from "./step.ts";
import type { Channel, Effect, Event, Prompt, Queue } from "./types.ts";

const KEYS: Channel = { acknowledges: true, isIdempotent: false };

const promptOf = (id: string, more: Partial<Prompt> = {}): Prompt => ({
  ...{ id, text: `text of ${id}`, sequence: Number(id.slice(1)), priority: 0, expires: null },
  ...more,
});

/** An agent that runs and is idle, and what was decided so far, in short. */
function agent(channel: Channel = KEYS) {
  let time = 0;
  let queue: Queue = restore(channel, [], { monotonic: 0, wall: 0 }).queue;
  const decided: string[] = [];
  const take = (next: { readonly queue: Queue; readonly effects: readonly Effect[] }) => {
    queue = next.queue;
    decided.push(...next.effects.map(inShort));
  };
  const on = (...events: readonly Event[]) => {
    for (const event of events) take(step(queue, event, { monotonic: ++time, wall: time }));
  };
  on({ kind: "started" }, { kind: "idle", at: null });
  return {
    on,
    /** What was decided since the last time. */
    decided: () => decided.splice(0),
    queue: () => queue,
    waits: (ms: number) => {
      time += ms;
      on({ kind: "tick" });
    },
    now: () => time,
    nextTick: () => nextTick(queue, { monotonic: time, wall: time }),
    restart: (): void => {
      const open = openPrompts(queue);
      take(restore(channel, open, { monotonic: ++time, wall: time }));
      on({ kind: "started" }, { kind: "idle", at: null });
    },
  };
}

function inShort(effect: Effect): string {
  switch (effect.kind) {
    case "record":
      return `${effect.id} is ${effect.phase}`;
    case "deliver":
      return `deliver ${effect.prompt.id}`;
    case "cancel-answered":
      return `${effect.id} ${effect.isCancelled ? "cancelled" : "not cancelled"}`;
    default:
      return `${effect.kind} ${effect.id}`;
  }
}

const sent = (id: string, more?: Partial<Prompt>): Event => ({
  kind: "sent",
  prompt: promptOf(id, more),
});
const free = (id: string): Event => ({ kind: "looked", id, isFree: true });
const typed = (id: string, attempt = 1): Event => ({
  kind: "delivered",
  id,
  attempt,
  outcome: "handed-over",
});

test("a prompt goes from the queue to the harness, and the next one after its turn", () => {
  const a = agent();
  a.on(sent("p1"), sent("p2"));
  assert.deepEqual(a.decided(), ["p1 is queued", "look p1", "p2 is queued"]);
  a.on(free("p1"));
  assert.deepEqual(a.decided(), ["p1 is delivering", "deliver p1"]);
  a.on(typed("p1"));
  a.on({ kind: "acknowledged", id: "p1", at: a.now() });
  assert.deepEqual(a.decided(), ["p1 is submitted"]);
  a.on({ kind: "idle", at: a.now() + 1 });
  assert.deepEqual(a.decided(), ["look p2"]);
});

test("what is in the way is waited for, and nothing is typed meanwhile", () => {
  const a = agent();
  a.on(sent("p1"), { kind: "looked", id: "p1", isFree: false });
  a.decided();
  a.waits(RETRY);
  assert.deepEqual(a.decided(), ["look p1"]);
  a.on(free("p1"), { kind: "delivered", id: "p1", attempt: 1, outcome: "held" });
  assert.deepEqual(a.decided(), ["p1 is delivering", "deliver p1", "p1 is queued"]);
});

test("a report of idleness from before the last typing is of an earlier turn", () => {
  const a = agent();
  a.on(sent("p1"), sent("p2"), free("p1"));
  const before = a.now();
  a.on(typed("p1"), { kind: "acknowledged", id: "p1", at: before });
  a.decided();
  a.on({ kind: "idle", at: before });
  assert.deepEqual(a.decided(), []);
});

test("Enter is repeated while the composer holds the prompt, and not for ever", () => {
  const a = agent();
  a.on(sent("p1"), free("p1"), typed("p1"));
  a.decided();
  const inspected = { kind: "inspected", id: "p1", attempt: 1, found: "in-composer" } as const;
  for (let i = 0; i < ENTERS; i++) {
    a.waits(PATIENCE.confirm);
    a.on(inspected, { kind: "entered", id: "p1", attempt: 1 });
    assert.deepEqual(a.decided(), ["inspect p1", "enter p1"]);
  }
  a.waits(PATIENCE.confirm);
  a.on(inspected);
  assert.deepEqual(a.decided(), ["inspect p1", "p1 is unconfirmed"]);
  a.on({ kind: "acknowledged", id: "p1", at: a.now() });
  assert.deepEqual(a.decided(), [], "a verdict stays");
});

for (const [found, acknowledges, expected] of [
  ["in-session", true, ["p1 is submitted"]],
  ["untouched", true, ["p1 is queued"]],
  ["lost", true, ["p1 is queued"]],
  ["untouched", false, ["p1 is queued"]],
  ["lost", false, ["p1 is unconfirmed"]],
  ["handed-over", true, []],
] as const) {
  test(`after a crash of ours, a prompt that is ${found}${acknowledges ? "" : ", without acknowledgement"}`, () => {
    const a = agent({ ...KEYS, acknowledges });
    a.on(sent("p1"), free("p1"));
    a.decided();
    a.restart();
    assert.deepEqual(a.decided(), ["inspect p1"], "before anything is typed");
    a.on({ kind: "inspected", id: "p1", attempt: 1, found });
    assert.deepEqual(
      a.decided().filter((what) => !what.startsWith("look")),
      expected,
    );
  });
}

test("an end of the harness asks what became of the prompt", () => {
  const a = agent();
  a.on(sent("p1"), free("p1"), typed("p1"));
  a.decided();
  a.on({ kind: "ended" });
  assert.deepEqual(a.decided(), ["inspect p1"]);
  a.on({ kind: "inspected", id: "p1", attempt: 1, found: "lost" }, { kind: "started" });
  assert.deepEqual(a.decided(), ["p1 is queued"]);
  a.on({ kind: "idle", at: null });
  assert.deepEqual(a.decided(), ["look p1"]);
});

test("higher priority goes first, and equal ones in their order", () => {
  const a = agent();
  a.on({ kind: "working", at: null }, sent("p1"), sent("p2"), sent("p3", { priority: 1 }));
  a.on(sent("p4", { priority: 1 }));
  assert.deepEqual(
    openPrompts(a.queue()).map(({ prompt }) => prompt.id),
    ["p3", "p4", "p1", "p2"],
  );
});

test("what waits can be cancelled and expires; what is under way does neither", () => {
  const a = agent();
  a.on(sent("p1", { expires: a.now() + 5 }), sent("p2"), sent("p3", { expires: a.now() + 50 }));
  a.on(free("p1"), { kind: "cancelled", id: "p1" }, { kind: "cancelled", id: "p2" });
  a.decided();
  a.waits(100);
  assert.deepEqual(a.decided(), ["p3 is failed"]);
  a.on(typed("p1"), { kind: "acknowledged", id: "p1", at: a.now() });
  assert.deepEqual(a.decided(), ["p1 is submitted"]);
});

test("the next tick is when something takes too long", () => {
  const a = agent();
  assert.equal(a.nextTick(), Number.POSITIVE_INFINITY);
  a.on(sent("p1"));
  assert.equal(a.nextTick(), a.now() + PATIENCE.look);
  a.on(sent("p2", { expires: a.now() + 5 }));
  assert.ok(a.nextTick() - a.now() <= 6, "a time to live ends without any other event");
});
