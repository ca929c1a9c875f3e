import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentOnHost } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { agentTable, ago, verboseTable } from "./agent-table.ts";
import { choose } from "./choose.ts";

const agent = AgentOnHost.parse({
  ...{ name: "reviewer", declared: true, fleet: null, harness: "some-harness", model: "sonnet" },
  ...{ unitState: "running", activity: "ready", since: "2026-11-21T06:00:00.000Z", pid: 4711 },
  ...{ restarts: 2, memory: 157_286_400, tasks: 12, result: null, exitStatus: null, signal: null },
  ...{ screen: [], status: null, turns: null, queued: null },
});
const broken = AgentOnHost.parse({
  ...{ ...agent, name: "triage", unitState: "failed", activity: null, pid: null, memory: null },
  ...{ declared: false, harness: null, model: null, result: "exit-code", exitStatus: 3 },
});

const report = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ForgeError);
  assert.equal(error.code, code);
  assert.match(error.report(), message);
  return true;
};

test("the table has a line per agent, in columns", () => {
  const now = Date.parse("2026-11-21T09:30:00.000Z");
  assert.equal(
    agentTable([agent, broken], now),
    [
      "NAME      HARNESS       MODEL   UNIT                         ACTIVITY  SINCE   PID   RESTARTS  MEMORY",
      "reviewer  some-harness  sonnet  running                      ready     3h ago  4711  2         150M",
      "triage    -             -       failed (exit 3, undeclared)  -         3h ago  -     2         -",
      "",
    ].join("\n"),
  );
});

test("what a terminal showed stands below its agent", () => {
  const now = Date.parse("2026-11-21T09:30:00.000Z");
  const waiting = {
    ...agent,
    activity: "waiting-login" as const,
    screen: ["  Not logged in", "?"],
  };
  const lines = verboseTable([broken, waiting, agent], now).split("\n");
  assert.deepEqual(
    lines.map((text) => text.slice(0, 19).trimEnd()),
    [
      "NAME      HARNESS",
      "triage    -",
      "reviewer  some-harn",
      "  |   Not logged in",
      "  | ?",
      "reviewer  some-harn",
      "",
    ],
  );
});

test("a span of time is told in its largest unit", () => {
  const spans = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 864_000];
  assert.deepEqual(
    spans.map((seconds) => ago(seconds * 1000)),
    ["0s", "0s", "59s", "1m", "59m", "1h", "23h", "1d", "10d"].map((span) => `${span} ago`),
  );
});

test("agents are chosen by name, once; a wrong name is told with the near one", () => {
  assert.deepEqual(choose([agent, broken], ["triage", "triage"]), [broken]);
  assert.throws(
    () => choose([agent, broken], ["triage", "reviewr"]),
    report("AGENT_UNKNOWN", /^.*: reviewr: .*"reviewer".*\n {2}→ .*: reviewer, triage$/),
  );
});
