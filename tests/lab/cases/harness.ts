import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { ListedHarness } from "../../../schema/host.ts";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();

test("harness ls: versions as declared and as they run, for everyone", async () => {
  await agentOn(machine, "real").ready();
  const { status, stdout, stderr } = await machine.run("forge", ["harness", "ls", "--json"], {
    user: "nobody",
  });
  assert.equal(status, 0, stderr);
  const listed = z.array(ListedHarness).parse(JSON.parse(stdout));
  const pi = listed.find(({ name }) => name === "pi");
  assert.ok(pi && pi.pinned.length > 0);
  assert.deepEqual(pi.running, pi.pinned);
  const other = listed.find(({ name }) => name !== "pi");
  assert.deepEqual([other?.pinned, other?.running], [[], []], "no agent of it is declared");
});
