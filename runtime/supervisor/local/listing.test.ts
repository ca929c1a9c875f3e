import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { AgentOnHost } from "../../../schema/command-output.ts";
import { createLab } from "../../../tests/e2e/up-lab.ts";
import { linesOf } from "./event-log.ts";
import { AGENT_FIELDS, ask, entryOf, runningFleets } from "./listing.ts";
import { stateHome } from "./state-home.ts";

/** A harness that runs until it is told to end. */
const STEADY = "echo ready; while :; do read -r line; [[ $line != /quit ]] || exit 0; done";

test("a fleet is found while it runs, tells of its agents, and stops those that are named", async () => {
  await using lab = await createLab();
  const home = stateHome(lab.env);
  assert.deepEqual(await runningFleets(home), []);
  const agents = [lab.agent("a", STEADY), lab.agent("b", STEADY), lab.agent("c", "exit 3")];
  const started = await lab.start(agents, { listedAs: "/work/fleet.ts" });
  for (const name of ["a", "b"]) await started.agents.get(name)?.terminal.waitFor(/^ready/m);
  await lab.event("c", "restarting");

  const [fleet] = await runningFleets(home);
  assert.ok(fleet);
  assert.equal(fleet.fleet, "/work/fleet.ts");
  const [a, , c] = fleet.agents;
  const { pid } = await lab.event("a", "started");
  assert.deepEqual(
    [a?.name, a?.fleet, a?.unitState, a?.pid],
    ["a", "/work/fleet.ts", "running", pid],
  );
  assert.deepEqual([c?.unitState, c?.exitStatus, c?.restarts], ["restarting", 3, 1]);

  const after = await ask(fleet, ["a"]);
  assert.deepEqual(after?.map(({ unitState }) => unitState).slice(0, 2), ["stopped", "running"]);
  const log = linesOf("a", await readFile(fleet.log, "utf8"), false);
  assert.match(log.at(-1) ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d a: stopped$/);

  const silent = connect(fleet.socket); // asks nothing, and must not keep the fleet
  await started.stop();
  silent.destroy();
  assert.deepEqual(await runningFleets(home), []);
  assert.equal(await ask(fleet, ["b"]), undefined);
  assert.deepEqual(await lab.leftovers(), []);
});

test("the entry of a fleet that was killed counts for nothing, and so does a damaged one", async () => {
  await using lab = await createLab();
  const home = stateHome(lab.env);
  const started = await lab.start([lab.agent("a", STEADY)], { listedAs: "/work/fleet.ts" });
  const [fleet] = await runningFleets(home);
  assert.ok(fleet);
  const entry = await readFile(entryOf(home, fleet.run), "utf8");
  await started.kill();
  await writeFile(entryOf(home, fleet.run), entry);
  await writeFile(entryOf(home, "damaged"), entry.slice(0, 20));
  assert.deepEqual(await runningFleets(home), []);
  await rm(join(home, "running"), { recursive: true });
});

test("an answer is taken if it has every field of an agent", () => {
  assert.deepEqual(AGENT_FIELDS.toSorted(), Object.keys(AgentOnHost.shape).toSorted());
});
