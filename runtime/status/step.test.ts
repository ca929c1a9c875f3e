import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn, ready, running, scene, WALL } from "./scene.ts";

test("before anything is told it is unknown, and not looked at", () => {
  const agent = scene();
  agent.pass(1_000_000);
  assert.deepEqual(agent.status(), {
    ...{ state: "unknown", since: WALL, source: null, event: null, screen: [], until: null },
  });
  assert.equal(agent.looks(), 0);
});

test("the supervisor tells of starts and ends, with the reason and the delay", () => {
  const agent = running();
  assert.deepEqual(agent.told(), ["starting"]);
  agent.supervise({ state: "restarting", reason: "exited 3", delay: 2000 });
  const { state, event, until, source } = agent.status();
  assert.deepEqual(
    { state, event, until, source },
    { state: "restarting", event: "exited 3", until: WALL + 2000, source: "supervisor" },
  );
  agent.supervise({ state: "starting" });
  assert.equal(agent.status().until, null);
  for (const told of [
    { state: "stopping" },
    { state: "stopped" },
    { state: "exited", reason: "exited 0" },
    { state: "failed", reason: "exited 78" },
  ] as const) {
    agent.supervise(told);
    assert.equal(agent.state(), told.state);
    agent.show({ shown: "ready" });
    agent.report("ready");
    agent.pass(1000);
    assert.equal(agent.state(), told.state, "nothing else is heard of it");
  }
  assert.equal(agent.looks(), 0);
});

test("a start that shows nothing for a minute is unknown, and may still become ready", () => {
  const agent = running();
  agent.report("starting", "start");
  agent.show({ screen: ["loading"] });
  agent.pass(59_000);
  assert.equal(agent.state(), "starting");
  agent.pass(2_000);
  assert.deepEqual([agent.state(), agent.status().screen], ["unknown", ["loading"]]);
  agent.show({ shown: "ready" });
  agent.pass(10_000);
  assert.deepEqual(agent.told(), ["starting", "starting", "unknown", "ready"]);
});

test("a start whose terminal cannot be looked at is unknown after a minute", () => {
  const agent = running();
  agent.show(null);
  agent.pass(61_000);
  assert.equal(agent.state(), "unknown");
});

test("a turn that hooks tell", () => {
  const agent = ready();
  agent.show({ shown: "busy" }, true);
  agent.report("busy", "begins", { turn: "t1" });
  agent.pass(30_000);
  agent.report("waiting-permission", "asks", { turn: "t1" });
  agent.show({ shown: "waiting-permission", screen: ["May I?"] });
  agent.pass(2_000);
  assert.deepEqual(agent.status().screen, ["May I?"]);
  agent.show({ shown: "busy" }, true);
  agent.report("busy", "goes on", { turn: "t1" });
  agent.pass(1_000);
  agent.show({ shown: "ready" });
  agent.report("ready", "ends", { turn: "t1" });
  const asked = ["waiting-permission", "waiting-permission"]; // with its question, too
  assert.deepEqual(agent.told(), ["busy", ...asked, "busy", "ready", "turn-ended"]);
  const { state, source, event } = agent.status();
  assert.deepEqual([state, source, event], ["ready", "harness", "ends"]);
  agent.pass(1_000_000);
  assert.deepEqual(agent.told(), []);
});

test("a report that is late, doubled or of an earlier run changes nothing", () => {
  const agent = inTurn();
  agent.pass(1_000);
  agent.report("ready", "hook", { ago: 2_000 });
  assert.equal(agent.state(), "busy", "of an earlier turn");
  agent.report("ready");
  agent.pass(100);
  agent.report("busy", "hook", { ago: 600 });
  assert.equal(agent.state(), "ready", "in another order");
  agent.told();
  agent.report("ready", "hook", { ago: 100 });
  assert.deepEqual(agent.told(), [], "twice");
  agent.supervise({ state: "restarting", reason: "exited 1", delay: 0 });
  agent.pass(500);
  agent.supervise({ state: "starting" });
  agent.supervise({ state: "running" });
  agent.report("ready", "hook", { ago: 300 });
  assert.equal(agent.state(), "starting");
});

test("a login before anything worked is asked for; later it has expired, in a later run too", () => {
  const first = ready();
  first.show({ shown: "waiting-login", screen: ["log in"] });
  first.pass(10_000);
  assert.equal(first.state(), "waiting-login");

  const worked = inTurn();
  worked.report("ready");
  worked.report("waiting-login");
  assert.equal(worked.state(), "login-expired");
  worked.show({ shown: "ready" });
  worked.pass(600_000);
  assert.equal(worked.state(), "login-expired", "it takes prompts after a refusal too");
  worked.supervise({ state: "restarting", reason: "exited 1", delay: 0 });
  worked.supervise({ state: "starting" });
  worked.supervise({ state: "running" });
  worked.show({ shown: "waiting-login" });
  worked.pass(1_000);
  assert.equal(worked.state(), "login-expired");

  const later = running({ hasWorked: true });
  later.show({ shown: "waiting-login" });
  later.pass(1_000);
  assert.equal(later.state(), "login-expired");
});

test("a rate limit has its end where the terminal says so, and outlives an empty composer", () => {
  const agent = inTurn();
  agent.report("rate-limited");
  assert.equal(agent.status().until, null);
  const until = WALL + 3_600_000;
  agent.show({ shown: "ready", until });
  agent.pass(2_000);
  assert.deepEqual([agent.state(), agent.status().until], ["rate-limited", until]);
  agent.show({ shown: "ready", until: until + 900 });
  agent.pass(600_000);
  assert.equal(agent.status().until, until, "seconds that count down tell the same time");
  assert.deepEqual(agent.told(), ["rate-limited", "rate-limited", "turn-ended"]);
});

test("a harness that tries again is limited until it works again", () => {
  const agent = inTurn();
  agent.report("rate-limited");
  agent.show({ shown: "busy", isLimited: true }, true);
  agent.pass(60_000);
  assert.equal(agent.state(), "rate-limited");
  agent.show({ shown: "busy" }, true);
  agent.pass(140_000);
  assert.deepEqual(agent.told(), ["rate-limited", "busy"]);
});

test("since is never in the future, wherever the wall clock is set to", () => {
  const agent = ready();
  agent.pass(10_000);
  const { since } = agent.status();
  for (const ms of [-3_600_000, 7_200_000]) {
    agent.jump(ms);
    assert.ok(agent.status().since <= agent.wall());
  }
  assert.equal(agent.status().since, since + 3_600_000, "it moves with the clock");
  agent.report("busy", "hook", { ago: -1_000_000 });
  assert.ok(agent.status().since <= agent.wall(), "a report from the future");
});

test("an idle agent costs one look in two minutes, a long turn six in a minute", () => {
  const idle = ready();
  idle.pass(600_000);
  const before = idle.looks();
  idle.pass(3_600_000);
  assert.equal(idle.looks() - before, 30);
  const busy = inTurn();
  busy.pass(60_000);
  const begun = busy.looks();
  busy.pass(3_600_000);
  assert.equal(busy.looks() - begun, 360);
});

test("a watcher that starts anew reads the reports of the run once more", () => {
  const agent = scene();
  agent.pass(100_000);
  agent.supervise({ state: "running", began: 41_000 });
  agent.report("starting", "start", { ago: 59_000 });
  agent.report("ready", "of an earlier run", { ago: 61_000 });
  agent.report("busy", "begins", { ago: 20_000, turn: "t1" });
  assert.deepEqual(agent.told(), ["starting", "starting", "busy"]);
  assert.equal(agent.status().since, agent.wall() - 20_000);
});

test("without its reports, a turn that runs is found by what moves", () => {
  const agent = scene();
  agent.supervise({ state: "running" });
  agent.show({ shown: "busy" }, true);
  agent.pass(15_000);
  assert.deepEqual(agent.told(), ["starting", "busy"]);
});
