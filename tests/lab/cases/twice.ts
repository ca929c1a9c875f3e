import assert from "node:assert/strict";
import { test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();
const quiet = agentOn(machine, "quiet");
const byHand = () =>
  machine.run("forge-agent-quiet", [], { user: "forge-a-quiet", input: "exit 4\n" });

test("forge-agent-<name> is refused while its unit runs, and the unit does not notice", async () => {
  const pid = await quiet.fresh();
  const { status, stderr } = await byHand();
  assert.equal(status, 75);
  assert.match(stderr, /^ALREADY_RUNNING: /);
  assert.equal(await quiet.pid(), pid);
});

test("forge-agent-<name> runs in the caller's terminal while its unit is stopped", async () => {
  await machine.systemctl("stop", quiet.unit);
  assert.equal((await byHand()).status, 4);
  await quiet.fresh();
});
