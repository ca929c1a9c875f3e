import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { ListedHarness } from "../../../schema/command-output.ts";
import { agentOn } from "../agent.ts";
import { programOf } from "../fleet.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();
const versionOf = (agent: string) => programOf(agent).version;

test("harness ls: versions as declared and as they run, for everyone", async () => {
  await agentOn(machine, "real").ready();
  const { status, stdout, stderr } = await machine.run("forge", ["harness", "ls", "--json"], {
    user: "nobody",
  });
  assert.equal(status, 0, stderr);
  const listed = z.array(ListedHarness).parse(JSON.parse(stdout));
  const pi = listed.find(({ name }) => name === "pi");
  assert.deepEqual(pi?.pinned.toSorted(), ["real", "subject"].map(versionOf).toSorted());
  assert.deepEqual(pi?.running, pi?.pinned);
  const other = listed.find(({ name }) => name === "opencode");
  const expected = [[versionOf("opencode")], []];
  assert.deepEqual([other?.pinned, other?.running], expected, "it is not started");
});
