import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createLab, hurriedClock, isAlive, parentOf } from "../../../tests/e2e/up-lab.ts";
import { line } from "./events.ts";
import { supervisorOf } from "./fleet.ts";

/** A harness that runs until it is told to end, by words or by SIGTERM. */
const STEADY =
  "echo ready; trap 'exit 0' TERM; while :; do read -r line; [[ $line != /quit ]] || exit 0; done";

const lines = (lab: { events: readonly Parameters<typeof line>[0][] }) =>
  lab.events.map((event) => line(event).replace(/pid [0-9]+/, "pid N"));

test("a clean exit is told and not restarted", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", "exit 0")]);
  await fleet.settled;
  assert.deepEqual(lines(lab), ["a: started (fake 1.0, pid N)", "a: exited 0"]);
  await fleet.stop();
  assert.deepEqual(await lab.leftovers(), []);
});

test("failures are restarted up to the limit, and others go on", async () => {
  await using lab = await createLab();
  const clock = hurriedClock();
  const fleet = await lab.start(
    [lab.agent("bad", "echo no such luck; exit 3"), lab.agent("good", STEADY)],
    { clock },
  );
  const failed = await lab.event("bad", "failed");
  assert.equal(failed.reason, "exited 3; 5 starts in 30 s");
  assert.deepEqual(failed.screen, ["no such luck"]);
  assert.deepEqual(clock.skipped, [2000, 2000, 2000, 2000]);
  assert.deepEqual(
    lines(lab).filter((text) => text.includes("restarting")),
    [
      "bad: exited 3, restarting in 2 s (1 of 5)",
      "bad: exited 3, restarting in 2 s (2 of 5)",
      "bad: exited 3, restarting in 2 s (3 of 5)",
      "bad: exited 3, restarting in 2 s (4 of 5)",
    ],
  );
  assert.equal(fleet.agents.get("good")?.status(), "running");
  assert.deepEqual([...fleet.failed], ["bad"]);
});

test("a configuration failure is final at once and shows what the launcher said", async () => {
  await using lab = await createLab();
  const script = "echo 'STATE_UNSAFE: not yours' >&2; exit 78";
  const fleet = await lab.start([lab.agent("a", script)]);
  await fleet.settled;
  assert.deepEqual(lines(lab).at(-1)?.split("\n"), [
    "a: failed: it cannot be started as it is configured",
    "  | STATE_UNSAFE: not yours",
  ]);
});

for (const signal of ["SEGV", "KILL", "HUP"] as const) {
  test(`death by SIG${signal} is a failure and named`, async () => {
    await using lab = await createLab();
    const script = `[[ -e $FORGE_LAB/again ]] && { ${STEADY}; }; : >"$FORGE_LAB/again"; kill -${signal} $$`;
    await lab.start([lab.agent("a", `FORGE_LAB=${lab.root}; ${script}`)], {
      clock: hurriedClock(),
    });
    await lab.event("a", "started", 2);
    const { ending } = await lab.event("a", "restarting");
    assert.equal(ending.kind === "signal" && ending.signal, `SIG${signal}`);
  });
}

test("a killed pane script is a failure, and takes the harness with it", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", STEADY)], { clock: hurriedClock() });
  const { pid } = await lab.event("a", "started");
  const parent = await parentOf(pid);
  process.kill(parent, "SIGKILL");
  const second = await lab.event("a", "started", 2);
  assert.notEqual(second.pid, pid);
  assert.equal(await isAlive(pid), false);
  assert.equal((await lab.event("a", "restarting")).ending.kind, "lost");
  await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
});

test("a killed terminal server is replaced", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", STEADY)], { clock: hurriedClock() });
  const { pid } = await lab.event("a", "started");
  const server = await parentOf(await parentOf(pid));
  assert.match(await readFile(`/proc/${server}/comm`, "utf8"), /^tmux/);
  process.kill(server, "SIGKILL");
  await lab.event("a", "started", 2);
  await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
  assert.equal(await isAlive(pid), false);
  await fleet.stop();
  assert.deepEqual(await lab.leftovers(), []);
});

test("stop ends willing harnesses, and children that hid in a session of their own", async () => {
  await using lab = await createLab();
  const hide = `setsid bash -c 'echo $$ >${lab.root}/hidden.tmp; mv ${lab.root}/hidden.tmp ${lab.root}/hidden; trap "" TERM HUP; while :; do sleep 1000; done' </dev/null &`;
  const wait = `while [[ ! -e ${lab.root}/hidden ]]; do sleep 0.01; done`;
  const fleet = await lab.start([lab.agent("a", `${hide} ${wait}; ${STEADY}`)]);
  await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
  const hidden = Number(await readFile(join(lab.root, "hidden"), "utf8"));
  assert.ok(await isAlive(hidden));
  await fleet.stop();
  assert.equal(await isAlive(hidden), false);
  assert.deepEqual(lines(lab).slice(-2), ["a: stopping", "a: stopped"]);
  assert.deepEqual(await lab.leftovers(), []);
});

test("a harness that ignores SIGTERM is killed after the time-out, or at once on request", async () => {
  for (const end of ["stop", "kill"] as const) {
    await using lab = await createLab();
    const deaf = "trap '' TERM; echo ready; while :; do read -r _; done";
    const clock = end === "stop" ? { clock: hurriedClock() } : {};
    const fleet = await lab.start([lab.agent("a", deaf)], clock);
    await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
    await fleet[end]();
    assert.equal(lines(lab).at(-1), "a: killed: it did not stop in time");
    assert.deepEqual(await lab.leftovers(), []);
  }
});

test("stop during a back-off does not wait for it", async () => {
  await using lab = await createLab();
  const policy = { delay: 1e6, burst: 5, interval: 1e7 };
  const fleet = await lab.start([lab.agent("a", "exit 3")], { policy });
  await lab.event("a", "restarting");
  await fleet.stop();
  assert.equal(lines(lab).at(-1), "a: stopped");
});

test("environment files are private copies, and a missing one is named", async () => {
  await using lab = await createLab();
  const file = join(lab.root, "keys.env");
  await writeFile(file, "MY_NOTE='it is here'\n", { mode: 0o640 });
  const show = 'stat -c "%a %n" $CREDENTIALS_DIRECTORY/*; ';
  const fleet = await lab.start([
    lab.agent("a", show + STEADY, { environmentFiles: [file] }),
    lab.agent("b", STEADY, { environmentFiles: [file, `${lab.root}/none`] }),
  ]);
  const screen = await fleet.agents.get("a")?.terminal.waitFor(/ready/);
  assert.match(screen ?? "", /^400 .*credentials\/environment-0\nready/);
  const { reason } = await lab.event("a", "warning");
  assert.equal(reason, `environmentFiles.0: other users can read ${file}; run chmod 600 ${file}`);
  const failed = await lab.event("b", "failed");
  assert.match(failed.reason, /environmentFiles\.1: cannot read .*none \(ENOENT\)\n {2}→ /);
  await fleet.stop();
});

test("secrets are private copies; an agent without its secret fails alone", async () => {
  await using lab = await createLab();
  const source = join(lab.root, "secret");
  await writeFile(source, "s3cret");
  const credentials = { KEY: { source, delivery: "env" } };
  const show =
    'stat -c "%a %n" $CREDENTIALS_DIRECTORY $CREDENTIALS_DIRECTORY/*; cat $CREDENTIALS_DIRECTORY/KEY; ';
  const fleet = await lab.start([
    lab.agent("a", show + STEADY, { credentials }),
    lab.agent("b", STEADY, {
      credentials: { KEY: { source: `${lab.root}/none`, delivery: "env" } },
    }),
  ]);
  const screen = await fleet.agents.get("a")?.terminal.waitFor(/ready/);
  assert.match(screen ?? "", /^700 .*credentials\n400 .*credentials\/KEY\ns3cret/);
  const warning = await lab.event("a", "warning");
  assert.equal(
    warning.reason,
    `secrets.KEY.file: other users can read ${source}; run chmod 600 ${source}`,
  );
  const { code, reason } = await lab.event("b", "failed");
  assert.equal(code, "CREDENTIAL_MISSING");
  assert.match(reason, /secrets\.KEY\.file: cannot read .*none \(ENOENT\)\n {2}→ /);
  await fleet.stop();
  assert.deepEqual(await lab.leftovers(), []);
});

test("a second start on the same state is refused, and disturbs nothing", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", STEADY)]);
  await lab.event("a", "started");
  await assert.rejects(lab.start([lab.agent("b", STEADY)]), { code: "ALREADY_RUNNING" });
  assert.equal(fleet.agents.get("a")?.status(), "running");
  await fleet.stop();
  await (await lab.start([lab.agent("b", STEADY)])).stop();
});

test("a start that fails half-way leaves nothing", async () => {
  await using lab = await createLab();
  const broken = { ...lab.agent("b", STEADY), build: () => Promise.reject(new Error("no plan")) };
  await assert.rejects(lab.start([lab.agent("a", STEADY), broken]), /no plan/);
  const aborted = { signal: AbortSignal.abort(new Error("never mind")) };
  await assert.rejects(lab.start([lab.agent("a", STEADY)], aborted), /never mind/);
  assert.deepEqual(lab.events, []);
  assert.deepEqual(await lab.leftovers(), []);
});

test("by the interface of all supervisors, one agent is stopped and the other goes on", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", STEADY), lab.agent("b", STEADY)]);
  const supervisor = supervisorOf(fleet);
  await lab.event("a", "started");
  await lab.event("b", "started");
  await supervisor.stop(["a", "nobody"]);
  assert.deepEqual(await supervisor.observe(), [
    { name: "a", state: "stopped" },
    { name: "b", state: "running" },
  ]);
});

test("SIGTERM from somebody else ends the agent for good, as under systemd", async () => {
  await using lab = await createLab();
  const fleet = await lab.start([lab.agent("a", "kill -TERM $$")]);
  await fleet.settled;
  assert.deepEqual(lines(lab).at(-1), "a: killed by SIGTERM");
  assert.equal(fleet.agents.get("a")?.status(), "exited");
});
