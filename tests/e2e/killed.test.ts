import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { markedProcesses } from "../../runtime/supervisor/local/processes.ts";
import { createRig, type Rig } from "./up-rig.ts";

const forge = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));
const STEADY = "echo ready; trap 'exit 0' TERM; while :; do read -r _; done";

/** A fleet whose supervisor was killed; its run. */
async function killed(rig: Rig): Promise<string> {
  await rig.fake(STEADY);
  const up = rig.up();
  await up.event("a", "started");
  const { run } = await rig.trace();
  up.signal("SIGKILL");
  await up.exit;
  assert.ok((await markedProcesses(run)).length > 0);
  return run;
}

async function startsAgain(rig: Rig, ...flags: string[]): Promise<void> {
  const up = rig.up(...flags);
  await up.event("a", "started");
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
  assert.deepEqual(await rig.leftovers(), []);
}

test("forge down ends what a killed forge up has left", async () => {
  await using rig = await createRig();
  const run = await killed(rig);
  const down = () =>
    spawnSync(process.execPath, [forge, "down"], {
      cwd: rig.root,
      env: rig.env,
      encoding: "utf8",
    });
  const first = down();
  assert.equal(first.stdout, "fleet.ts: forge up was killed; its agents are stopped\n");
  assert.deepEqual(await markedProcesses(run), []);
  assert.deepEqual(await rig.leftovers(), []);
  assert.match(down().stderr, /^FLEET_NOT_RUNNING: /);
  await startsAgain(rig);
});

test("a fleet with the same names ends what a killed one has left", async () => {
  await using rig = await createRig();
  const run = await killed(rig);
  await startsAgain(rig, "--state", join(rig.root, "other"));
  assert.deepEqual(await markedProcesses(run), []);
});

test("the remedy for a name that is taken ends all of the other fleet", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  const first = rig.up();
  await first.event("a", "started");
  const { run } = await rig.trace();
  const second = rig.up("--state", join(rig.root, "other"));
  assert.equal(await second.exit, 1);
  const [, remedy = ""] = /stop that fleet: (kill -INT \d+);/.exec(second.stderr()) ?? [];
  assert.equal(spawnSync("sh", ["-c", remedy]).status, 0, second.stderr());
  assert.equal(await first.exit, 0);
  assert.deepEqual(await markedProcesses(run), []);
  await startsAgain(rig, "--state", join(rig.root, "other"));
});

test("the remedy for a person's own session of that name ends that one", async () => {
  await using rig = await createRig();
  await rig.fake(STEADY);
  rig.tmux("-f", "/dev/null", "new-session", "-d", "-s", "agent-a", "sleep", "1000");
  const up = rig.up();
  assert.equal(await up.exit, 1);
  const [, remedy = ""] = /end that session: (tmux .*)$/m.exec(up.stderr()) ?? [];
  assert.equal(spawnSync("sh", ["-c", remedy], { env: rig.env }).status, 0, up.stderr());
  await startsAgain(rig);
});
