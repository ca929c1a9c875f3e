import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity } from "../../schema/activity-record.ts";
import { initial, nextTick, statusOf, step } from "./step.ts";
import type { Effect, Event, Now, Seen, Supervised } from "./types.ts";

const WALL = 1_000_000;
const STUCK_AFTER = 60_000;
const BLANK: Seen = {
  ...{ began: 0, shown: null, screen: [], print: "", isFrozen: false, isLimited: false },
  ...{ until: null, failure: "" },
};

/** One agent with its clock and a terminal that shows what it is told to, looked at when the core asks. */
function scene({ hasWorked = false } = {}) {
  let now: Now = { monotonic: 1_000, wall: WALL };
  let agent = initial(now, { stuckAfter: STUCK_AFTER, hasWorked });
  let terminal: Partial<Seen> | null = {};
  let looks = 0;
  let isSpinning = false;
  const told: Effect[] = [];
  const tell = (event: Event) => {
    const next = step(agent, event, now);
    agent = next.agent;
    for (const effect of next.effects) {
      if (effect.kind !== "look") {
        told.push(effect);
        continue;
      }
      looks += 1;
      const moving = isSpinning ? { print: `${looks}` } : {};
      const seen = terminal && { ...BLANK, ...terminal, ...moving, began: now.monotonic };
      tell({ kind: "looked", id: effect.id, seen });
    }
  };
  const pass = (ms: number) => {
    const end = now.monotonic + ms;
    for (let next = nextTick(agent); next <= end; next = nextTick(agent)) {
      now = { monotonic: next, wall: now.wall + next - now.monotonic };
      tell({ kind: "tick" });
    }
    now = { monotonic: end, wall: now.wall + end - now.monotonic };
  };
  const report = (
    state: Activity | null,
    event = "hook",
    { ago = 0, turn = null }: { ago?: number; turn?: string | null } = {},
  ) => tell({ kind: "report", state, event, session: "s", turn, at: now.wall - ago });
  return {
    ...{ pass, report, tell },
    supervise: (told: Supervised) => tell({ kind: "supervisor", ...told }),
    /** `spins`: each look finds the terminal changed. */
    show: (seen: Partial<Seen> | null, spins = false) => {
      terminal = seen;
      isSpinning = spins;
    },
    jump: (ms: number) => {
      now = { ...now, wall: now.wall + ms };
    },
    status: () => statusOf(agent, now),
    wall: () => now.wall,
    state: () => statusOf(agent, now).state,
    looks: () => looks,
    /** The effects since the last call, besides looks: states, ends of turns, failures. */
    told: () =>
      told.splice(0).map((effect) => {
        if (effect.kind === "changed") return effect.status.state;
        return effect.kind === "request-failed" ? effect.line : effect.kind;
      }),
  };
}

type Scene = ReturnType<typeof scene>;

function running(options = {}): Scene {
  const agent = scene(options);
  agent.supervise({ state: "starting" });
  agent.supervise({ state: "running" });
  return agent;
}

function ready(options = {}): Scene {
  const agent = running(options);
  agent.show({ shown: "ready" });
  agent.pass(200);
  assert.equal(agent.state(), "ready");
  agent.told();
  return agent;
}

function inTurn(options = {}): Scene {
  const agent = ready(options);
  agent.show({ shown: "busy" }, true);
  agent.report("busy");
  agent.told();
  return agent;
}

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
