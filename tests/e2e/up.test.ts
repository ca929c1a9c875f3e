import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pi } from "../../harnesses/pi/harness.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { markedProcesses } from "../../runtime/supervisor/local/processes.ts";
import { isAlive } from "./up-lab.ts";
import { createRig } from "./up-rig.ts";

/** Runs until it is told to end, and shows what it was told. */
const STEADY =
  "echo ready; trap 'exit 0' TERM; while :; do read -r line; [[ $line != /quit ]] || exit 0; done";
const DEAF = "echo ready; trap '' TERM; while :; do read -r _; done";

test("two agents answer, are watched, come back after kill -9, and leave nothing", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const options = { provider: "stub", baseUrl: stub.url, apiKeyVariable: "STUB_KEY" };
  const common = { harness: "pi", role: "You help.", environment: { STUB_KEY: "x" } };
  const agent = { ...common, pi: options };
  await rig.fleet({ reviewer: { ...agent, model: "m-one" }, writer: { ...agent, model: "m-two" } });
  const up = rig.up();
  const first = await up.event("reviewer", "started");
  await up.event("writer", "started");
  assert.equal(first.version, "0.87.1");

  assert.deepEqual(rig.sessions(), ["agent-reviewer 200x50", "agent-writer 200x50"]);
  for (const [name, model] of [
    ["reviewer", "m-one"],
    ["writer", "m-two"],
  ] as const) {
    await (await rig.terminal(name, pi.terminal)).waitUntilReady();
    rig.type(name, `hello ${name}`);
    await rig.seen(name, new RegExp(`stub\\(${model}\\): hello ${name}`));
  }
  assert.ok(stub.requests.every(({ turn }) => turn?.system.includes("You help.")));

  process.kill(first.pid, "SIGKILL");
  const { ending } = await up.event("reviewer", "restarting");
  assert.equal(ending.kind === "signal" && ending.signal, "SIGKILL");
  const second = await up.event("reviewer", "started", 2);
  assert.notEqual(second.pid, first.pid);
  await (await rig.terminal("reviewer", pi.terminal)).waitUntilReady();

  const { run } = await rig.trace();
  assert.ok((await markedProcesses(run)).length >= 6);
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
  assert.match(
    up.stderr(),
    /^Agents run as you, without a sandbox: .*\nwatch: tmux -u -L forge attach -t agent-reviewer .*\nstop: {2}Ctrl-C\n$/,
  );
  assert.deepEqual(await markedProcesses(run), []);
  assert.deepEqual(await rig.leftovers(), []);
  assert.ok(existsSync(join(rig.state, "reviewer/pi/sessions")));
});

test("what a killed supervisor leaves is removed by the next start", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  const up = rig.up();
  const { pid } = await up.event("a", "started");
  const { run } = await rig.trace();
  up.signal("SIGKILL");
  await up.exit;
  assert.ok(await isAlive(pid));
  const next = rig.up();
  const second = await next.event("a", "started");
  assert.notEqual(second.pid, pid);
  assert.equal(await isAlive(pid), false);
  assert.deepEqual(await markedProcesses(run), []);
  await rig.seen("a", /^ready/m);
  next.signal("SIGTERM");
  assert.equal(await next.exit, 0);
  assert.deepEqual(await rig.leftovers(), []);
});

test("a second forge up on the same state is refused", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  const up = rig.up();
  await up.event("a", "started");
  const second = rig.up();
  assert.equal(await second.exit, 1);
  assert.equal(
    second.stderr(),
    `ALREADY_RUNNING: another forge up runs on ${rig.state}\n  → stop that one (Ctrl-C where it runs, or forge down), or choose another directory with --state\n`,
  );
  up.signal("SIGHUP");
  assert.equal(await up.exit, 0);
});

test("someone else's tmux -L forge keeps its sessions, and a taken name is an error", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  rig.tmux("-f", "/dev/null", "new-session", "-d", "-s", "mine", "sleep", "1000");
  const up = rig.up();
  await up.event("a", "started");
  assert.deepEqual(
    rig.sessions().map((text) => text.split(" ")[0]),
    ["agent-a", "mine"],
  );
  const other = rig.up("--state", join(rig.root, "other"));
  assert.equal(await other.exit, 1);
  assert.match(other.stderr(), /^ALREADY_RUNNING: tmux -L forge already has a session agent-a: /);
  assert.deepEqual(other.events, []);
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
  assert.deepEqual(
    rig.sessions().map((text) => text.split(" ")[0]),
    ["mine"],
  );
  rig.tmux("kill-server");
});

test("the second signal kills at once", async () => {
  await using rig = await createRig();
  await rig.fake(DEAF);
  const up = rig.up();
  await up.event("a", "started");
  await rig.seen("a", /^ready/m);
  up.signal("SIGINT");
  await up.event("a", "stopping");
  const impatience = setInterval(() => up.signal("SIGINT"), 50);
  const { forced } = await up.event("a", "stopped");
  clearInterval(impatience);
  assert.equal(forced, true);
  assert.equal(await up.exit, 0);
  assert.deepEqual(await rig.leftovers(), []);
});

test("when no agent is left it ends, with 1 if one failed", async () => {
  await using rig = await createRig();
  await rig.fake("exit 0");
  const good = rig.up();
  assert.equal(await good.exit, 0);
  await rig.fake("echo cannot; exit 78");
  const bad = rig.up();
  assert.equal(await bad.exit, 1);
  assert.deepEqual((await bad.event("a", "failed")).screen, ["cannot"]);
  assert.match(bad.stderr(), /\nAGENT_FAILED: ended in failure: a\n {2}→ /);
  assert.deepEqual(await rig.leftovers(), []);
});

test("one bad agent starts none, with the full path of its field", async () => {
  await using rig = await createRig();
  const good = { harness: "pi", model: "m", role: "r" };
  const cases = [
    [{ good, bad: { ...good, modle: "m" } }, /^AGENT_INVALID: agents\.bad\.modle: no such field/],
    [{ good, bad: { ...good, plugins: ["p"] } }, /^AGENT_RULE: agents\.bad\.plugins: /],
    [{}, /^FLEET_INVALID: fleet\.agents: no agent is enabled/],
  ] as const;
  for (const [agents, message] of cases) {
    await rig.fleet(agents);
    const up = rig.up();
    assert.equal(await up.exit, 1);
    assert.match(up.stderr(), message);
    assert.deepEqual(up.events, []);
  }
  assert.equal(existsSync(rig.state), false);
});

test("flags that make no sense are refused with the valid ones", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  const up = rig.up("--harness", "pie=/bin/true");
  assert.equal(await up.exit, 2);
  assert.match(up.stderr(), /^USAGE: --harness pie: no such harness\n.* harnesses are: .*\bpi\b/);
});
