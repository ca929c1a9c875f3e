import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLab } from "../../tests/e2e/up-lab.ts";
import { statusIn } from "../activity-records.ts";
import { type Clock, systemClock } from "../clock.ts";
import { stateShown } from "../terminal/engine/signs.ts";
import { watchStatus } from "./watch.ts";

const SIGNS = {
  ready: { screen: "^ready" },
  busy: { screen: "^busy" },
  login: { screen: "^log in" },
  dialog: { screen: "^may I" },
  rateLimited: { screen: "^too many" },
  refused: { screen: "^wrong key" },
  ...{ clear: [], quit: "/quit", submitDelay: 0 },
};

test("the terminal tells a state only where its signs leave no doubt", () => {
  const shown = (screen: string, isFresh = false) =>
    stateShown({ title: "", screen }, SIGNS, isFresh);
  assert.equal(shown("loading", true), undefined);
  assert.equal(shown("ready", true), "ready");
  assert.equal(shown("ready\nbusy"), undefined);
  assert.equal(shown("ready\nbusy", true), undefined, "it loads a conversation");
  assert.equal(
    shown("busy\nlog in", true),
    "waiting-login",
    "that a login keeps from being loaded",
  );
  assert.equal(shown("ready\nlog in"), "waiting-login");
  assert.equal(shown("log in\nbusy"), undefined, "while it works its text may say anything");
  assert.equal(shown("may I"), "waiting-permission");
  assert.equal(shown("too many\nready"), "rate-limited");
  assert.equal(shown("too many"), "rate-limited", "in a dialog");
  assert.equal(shown("too many\nlog in\nready"), "waiting-login", "the later refusal");
  assert.equal(shown("log in\ntoo many\nready"), "rate-limited");
  assert.equal(shown("wrong key\nready"), "waiting-login");
  assert.equal(shown("wrong key\ntoo many\nready"), "rate-limited");
  assert.equal(shown("wrong key\nready", true), "ready", "of an earlier run, too");
  assert.equal(shown("too many\nready", true), "ready", "the refusal was in an earlier run");
});

/** As the launcher and hooks write: $1 state, $2 event. */
const SAY = `say() { printf '{"at":%s,"state":"%s","event":"%s"}\\n' "$(($(date +%s%N) / 1000000))" "$1" "$2" | tee -a $RUNTIME_DIRECTORY/events >$RUNTIME_DIRECTORY/status; }`;

test("an agent's records and events say when it is ready, busy and gone", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    sleep 0.3; echo ready
    read -r _; say busy hook
    read -r _; say rate-limited hook
    read -r _`;
  const fleet = await lab.start([lab.agent("a", script)]);
  const enter = async () => {
    await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  };
  assert.equal((await lab.event("a", "status")).state, "starting");
  assert.equal((await lab.event("a", "status", 2)).state, "ready");
  await enter();
  assert.equal((await lab.event("a", "status", 3)).state, "busy");
  // The hook of its end is missing: the terminal tells it.
  assert.equal((await lab.event("a", "status", 4)).state, "ready");
  await enter();
  assert.equal((await lab.event("a", "status", 5)).state, "rate-limited");
  await enter();
  await fleet.settled;
  assert.equal(lab.events.filter(({ kind }) => kind === "status").length, 5);
  assert.equal(lab.events.at(-1)?.kind, "exited");
});

/** A minute passes in two seconds. */
const HURRY = 30;
const hurried: Clock = {
  now: () => systemClock.now() * HURRY,
  sleep: (ms, signal) => systemClock.sleep(ms / HURRY, signal),
};

test("what the terminal shows of refusals is of an earlier run until a turn has begun", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    echo 'too many'; echo ready
    read -r _; say busy hook
    read -r _`;
  const terminal = { ...SIGNS, ready: { screen: "^ready" } };
  await lab.start([lab.agent("a", script, { terminal })]);
  assert.equal((await lab.event("a", "status", 2)).state, "ready");
  await systemClock.sleep(2000); // some looks later
  await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  assert.equal((await lab.event("a", "status", 3)).state, "busy");
  assert.equal((await lab.event("a", "status", 4)).state, "rate-limited");
});

test("a start that shows nothing for a minute is unknown, once, and may still become ready", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    echo loading; read -r _; echo ready; read -r _`;
  await lab.start([lab.agent("a", script)], { watchClock: hurried });
  await lab.event("a", "status");
  const began = hurried.now();
  const { state } = await lab.event("a", "status", 2);
  assert.equal(state, "unknown");
  assert.ok(hurried.now() - began > 50_000, "not before a minute, and some of it passed before");
  await hurried.sleep(20_000);
  await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  assert.equal((await lab.event("a", "status", 3)).state, "ready");
});

test("a permission and a login that no hook tells are seen in a turn, after readiness", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    echo ready
    for seen in 'may I' 'log in'; do
      read -r _; say busy hook; clear; echo "$seen"; read -r _; clear; echo ready
      say ready hook
    done; read -r _`;
  await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
  const enter = async () => {
    await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  };
  const states = ["starting", "ready"];
  for (const shown of ["waiting-permission", "waiting-login"]) {
    states.push("busy", shown, "ready");
    await lab.event("a", "status", states.length - 3);
    await enter();
    await lab.event("a", "status", states.length - 1);
    await enter();
    await lab.event("a", "status", states.length);
  }
  const told = lab.events.flatMap((event) => (event.kind === "status" ? event.state : []));
  assert.deepEqual(told, states);
});

test("a login, or a dialog, that shows long after readiness is seen until the first prompt", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    echo ready
    for seen in 'log in' 'may I'; do read -r _; clear; echo "$seen"; done
    read -r _; clear; echo ready; read -r _`;
  await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
  const enter = async () => {
    await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  };
  await lab.event("a", "status", 2);
  await systemClock.sleep(8000); // past the looks that come at once
  for (const [nth, state] of ["waiting-login", "waiting-permission", "ready"].entries()) {
    await enter();
    assert.equal((await lab.event("a", "status", nth + 3)).state, state);
  }
});

test("a dialog at the start that nobody answers waits for a person", async () => {
  await using lab = await createLab();
  const script = `${SAY}
    say starting start
    echo 'may I'; read -r _; clear; echo ready; read -r _`;
  await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
  assert.equal((await lab.event("a", "status", 2)).state, "waiting-permission");
  await (await lab.holder("a")).run(["send-keys", "-t", "agent:", "Enter"]);
  assert.equal((await lab.event("a", "status", 3)).state, "ready");
});

test("readiness that the terminal told is written down, however late the report of the start comes", async () => {
  const runtime = await mkdtemp(join(tmpdir(), "forge-watch-"));
  const over = new AbortController();
  try {
    const start = JSON.stringify({ at: Date.now() + 50, state: "starting", event: "start" });
    await writeFile(join(runtime, "status"), `${start}\n`);
    const ready = Promise.withResolvers<void>();
    const watch = watchStatus({
      terminal: { look: async () => ({ title: "", screen: "ready" }) },
      ...{ signs: SIGNS, failure: null, runtime, records: statusIn(runtime) },
      ...{ clock: systemClock, wall: Date.now, signal: over.signal },
      tell: (told) => {
        if (told.kind === "changed" && told.status.state === "ready") ready.resolve();
      },
    });
    watch.note({ state: "starting" });
    watch.note({ state: "running" });
    await ready.promise;
    await appendFile(join(runtime, "events"), `${start}\n`);
    const written = async () => /"ready"/.test(await readFile(join(runtime, "status"), "utf8"));
    const deadline = performance.now() + 10_000;
    while (!(await written())) {
      assert.ok(performance.now() < deadline, "it is written");
      await systemClock.sleep(50);
    }
    over.abort();
    await watch.over;
  } finally {
    over.abort();
    await rm(runtime, { recursive: true });
  }
});
