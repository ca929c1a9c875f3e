import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK, inTurn, ready, running, STUCK_AFTER, WALL } from "./scene.ts";
import { initial, nextTick, statusOf, step } from "./step.ts";
import type { Event, Now } from "./types.ts";

test("a turn whose end no hook told is found by the terminal, but not at once", () => {
  const agent = inTurn();
  agent.pass(10_000);
  agent.show({ shown: "ready" });
  agent.pass(7_000);
  assert.equal(agent.state(), "busy");
  agent.pass(15_000);
  assert.deepEqual(agent.told(), ["ready", "turn-ended"]);
  assert.equal(agent.status().source, "screen");
});

test("the old screen of a slow harness does not end its turn", () => {
  const agent = ready();
  agent.report("busy");
  agent.pass(6_000);
  agent.show({ shown: "busy" }, true);
  agent.pass(600_000);
  assert.deepEqual(agent.told(), ["busy"]);
});

test("a turn whose begin no hook told is found by the terminal", () => {
  const agent = ready();
  agent.pass(600_000);
  agent.show({ shown: "busy" }, true);
  agent.pass(135_000);
  assert.deepEqual(agent.told(), ["busy"]);
  agent.show({ shown: "ready" });
  agent.report("ready");
  assert.deepEqual(agent.told(), ["ready", "turn-ended"]);
});

test("a sign of a turn that stands still while it should be idle is unknown, never ready", () => {
  const agent = inTurn();
  agent.report("ready");
  agent.show({ shown: "busy", print: "still" });
  agent.pass(20_000);
  assert.equal(agent.state(), "unknown");
  agent.pass(600_000);
  assert.equal(agent.state(), "unknown");
  agent.show({ shown: "ready" });
  agent.pass(15_000);
  assert.equal(agent.state(), "ready");
});

test("what a conversation that goes on shows is no turn, and is not looked at for ever", () => {
  const agent = running();
  agent.show({ shown: "busy", print: "a text of yesterday" });
  agent.pass(30_000);
  assert.equal(agent.state(), "starting");
  agent.report("ready");
  agent.pass(600_000);
  const looks = agent.looks();
  agent.pass(600_000);
  assert.ok(agent.looks() - looks <= 6, `${agent.looks() - looks} looks in ten minutes`);
});

test("a turn in which nothing changes is stuck, and goes on", () => {
  const agent = inTurn();
  agent.pass(STUCK_AFTER * 3);
  assert.equal(agent.state(), "busy", "the terminal changes");
  agent.show({ shown: "busy", print: "still" });
  agent.pass(STUCK_AFTER + 11_000);
  assert.equal(agent.state(), "stuck");
  assert.equal(agent.status().source, "screen");
  agent.pass(600_000);
  agent.show({ shown: "busy" }, true);
  agent.pass(21_000);
  assert.deepEqual(agent.told(), ["stuck", "busy"]);
  agent.show({ shown: "ready" });
  agent.report("ready");
  assert.deepEqual(agent.told(), ["ready", "turn-ended"]);
});

test("a still turn that reports is not stuck, and one that is stuck reports again", () => {
  const agent = inTurn();
  agent.show({ shown: "busy", print: "still" });
  for (let i = 0; i < 10; i++) {
    agent.pass(STUCK_AFTER * 0.75);
    agent.report(null, "tool");
  }
  assert.deepEqual(agent.told(), []);
  agent.pass(STUCK_AFTER * 2);
  assert.equal(agent.state(), "stuck");
  agent.report(null, "tool");
  assert.equal(agent.state(), "busy");
});

test("a harness that the kernel stopped is never ready by what its terminal shows", () => {
  const agent = inTurn();
  agent.show({ shown: "ready", isFrozen: true });
  agent.pass(STUCK_AFTER - 5_000);
  assert.equal(agent.state(), "busy");
  agent.pass(16_000);
  const { state, source, event } = agent.status();
  assert.deepEqual([state, source, event], ["stuck", "supervisor", "SIGSTOP"]);
  agent.show({ shown: "ready" });
  agent.pass(25_000);
  assert.equal(agent.state(), "ready");
});

test("an idle harness that the kernel stopped is stuck, and ready once it goes on", () => {
  const agent = ready();
  agent.pass(600_000);
  agent.show({ shown: "ready", isFrozen: true });
  agent.pass(120_000 + STUCK_AFTER + 1);
  assert.equal(agent.state(), "stuck");
  agent.show({ shown: "ready" });
  agent.pass(15_000);
  assert.deepEqual(agent.told(), ["stuck", "ready"]);
});

test("a turn of which nothing can be seen any more is unknown, not stuck", () => {
  const agent = inTurn();
  agent.show(null);
  agent.pass(STUCK_AFTER + 11_000);
  assert.equal(agent.state(), "unknown");
});

test("questions that no hook told are found in a turn and after it, one after another", () => {
  const agent = inTurn();
  agent.show({ shown: "waiting-permission", screen: ["one?"] });
  agent.pass(20_000);
  agent.show({ shown: "waiting-permission", screen: ["two?"] });
  agent.pass(15_000);
  assert.deepEqual(agent.status().screen, ["two?"]);
  agent.show({ shown: "ready" });
  agent.pass(15_000);
  assert.deepEqual(agent.told(), [
    ...["waiting-permission", "waiting-permission", "ready", "turn-ended"],
  ]);
});

test("a permission that a person refused is told by no hook: the terminal tells it", () => {
  const agent = inTurn();
  agent.report("waiting-permission");
  agent.show({ shown: "busy" }, true);
  agent.pass(20_000);
  assert.deepEqual(agent.told(), ["waiting-permission", "busy"]);
});

test("a refused turn that no hook ended is told by the terminal", () => {
  const agent = inTurn();
  agent.show({ shown: "rate-limited", until: WALL + 999_000 });
  agent.pass(20_000);
  assert.deepEqual(agent.told(), ["rate-limited", "turn-ended"]);
  assert.equal(agent.status().until, WALL + 999_000);
});

test("failed requests are told once each; what an earlier run left in view is not", () => {
  const agent = running();
  agent.show({ shown: "ready", failure: "Error: 404 of yesterday" });
  agent.pass(1_000);
  agent.report("busy");
  agent.show({ shown: "busy", failure: "Error: 404 of yesterday" }, true);
  agent.pass(5_000);
  agent.show({ shown: "busy", failure: "Error: no connection, 1 of 3" }, true);
  agent.pass(5_000);
  agent.show({ shown: "busy", failure: "Error: no connection, 2 of 3" }, true);
  agent.pass(5_000);
  agent.report("ready");
  agent.show({ shown: "ready", failure: "Error: 500" });
  agent.pass(5_000);
  const lines = agent.told().filter((word) => word.startsWith("Error"));
  assert.deepEqual(lines, ["Error: no connection, 1 of 3", "Error: 500"]);
});

test("a turn that is over at once is looked at, and one that ended with its harness is not", () => {
  const agent = ready();
  agent.report("busy");
  agent.report("ready");
  agent.show({ shown: "ready", failure: "Error: 404" });
  agent.pass(1_000);
  assert.ok(agent.told().includes("Error: 404"));
  agent.report("busy");
  agent.show({ shown: "ready", failure: "Error: closed" });
  agent.supervise({ state: "exited", reason: "exited 0" });
  agent.pass(10_000);
  assert.deepEqual(agent.told(), ["busy", "exited", "turn-ended"]);
});

test("an answer to a look that never came is given up, and a late one ignored", () => {
  let now: Now = { monotonic: 0, wall: WALL };
  let { agent } = step(initial(now), { kind: "supervisor", state: "starting" }, now);
  const at = (monotonic: number, event: Event) => {
    now = { monotonic, wall: WALL };
    const next = step(agent, event, now);
    agent = next.agent;
    return next.effects;
  };
  at(0, { kind: "supervisor", state: "running" });
  assert.deepEqual(at(100, { kind: "tick" }), [{ kind: "look", id: 1, isFresh: true }]);
  assert.deepEqual(at(200, { kind: "tick" }), []);
  assert.equal(nextTick(agent), 10_100);
  at(10_100, { kind: "tick" });
  const [second] = at(nextTick(agent), { kind: "tick" });
  assert.equal(second?.kind === "look" && second.id, 2);
  const seen = { ...BLANK, shown: "ready", began: 100 } as const;
  at(10_500, { kind: "looked", id: 1, seen });
  assert.equal(statusOf(agent, now).state, "starting");
});

test("a look that began before a report knows less than that", () => {
  let now: Now = { monotonic: 0, wall: WALL };
  let { agent } = step(initial(now), { kind: "supervisor", state: "starting" }, now);
  const at = (monotonic: number, event: Event) => {
    now = { monotonic, wall: WALL + monotonic };
    agent = step(agent, event, now).agent;
  };
  at(0, { kind: "supervisor", state: "running" });
  at(100, { kind: "tick" });
  at(150, {
    ...{ kind: "report", state: "waiting-login", event: "hook", session: null, turn: null },
    at: WALL + 150,
  });
  at(160, { kind: "looked", id: 1, seen: { ...BLANK, shown: "ready", began: 100 } });
  assert.equal(statusOf(agent, now).state, "waiting-login");
});
