import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { createUnits } from "./units.ts";

const unit = (name: string, unitState: AgentOnHost["unitState"], pid: number | null) => ({
  ...{ name, declared: true, fleet: null, harness: "pi", model: "m", unitState, pid },
  ...{ activity: null, screen: [], since: null, restarts: 0, memory: null, tasks: null },
  ...{ result: null, exitStatus: null, signal: null },
  ...{ status: null, turns: null, queued: null },
});

test("each start and end of a harness is told once", () => {
  const units = createUnits();
  const kinds = (...agents: readonly AgentOnHost[]) =>
    units.update(agents).map(({ agent, kind }) => `${agent} ${kind}`);
  assert.deepEqual(kinds(unit("a", "running", 7), unit("b", "stopped", null)), ["a started"]);
  assert.deepEqual(kinds(unit("a", "running", 7), unit("b", "starting", 8)), []);
  assert.deepEqual(kinds(unit("a", "running", 9), unit("b", "running", 8)), [
    "a ended",
    "a started",
    "b started",
  ]);
  assert.ok(units.isRunning("a"));
  assert.deepEqual(kinds(unit("a", "stopping", 9)), ["a ended", "b ended"]);
  assert.ok(!units.isRunning("a"));
  assert.equal(units.of("a")?.unitState, "stopping");
  assert.equal(units.of("b"), undefined);
});
