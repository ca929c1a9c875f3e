import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentStatus } from "../../schema/agent-status.ts";
import { AgentOnHost } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { activityInWords, agentTable, ago, verboseTable } from "./agent-table.ts";
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

const told: AgentStatus = {
  ...{ since: 1, source: "harness", event: null, screen: [], until: null },
  state: "ready",
};

test("what forge's API says of an agent goes before what its unit does", () => {
  const now = new Date(2026, 10, 21, 13, 0).getTime();
  const words = (status: Partial<AgentStatus>, queued = 0) =>
    activityInWords({ activity: "busy", status: { ...told, ...status }, queued }, now);
  assert.equal(words({}, 2), "ready (2 queued)");
  assert.equal(words({ state: "stuck" }), "stuck");
  const until = new Date(2026, 10, 21, 14, 5).getTime();
  assert.equal(words({ state: "rate-limited", until }), "rate-limited until 14:05");
  const later = new Date(2026, 10, 24, 9, 0).getTime();
  assert.equal(
    words({ state: "rate-limited", until: later }),
    "rate-limited until 2026-11-24 09:00",
  );
  assert.equal(activityInWords({ activity: "busy", status: null, queued: null }, now), "busy");
});

test("turns and queue have columns where somebody knows them, and all fits", () => {
  const now = Date.parse("2026-11-21T09:30:00.000Z");
  const known = { ...agent, status: told, turns: 17, queued: 0 };
  const head = (agents: readonly AgentOnHost[], limit: number) =>
    agentTable(agents, now, limit).split("\n")[0] ?? "";
  assert.match(head([known, broken], 140), / TURNS +QUEUE$/);
  assert.doesNotMatch(head([known, broken], 80), /TURNS/);
  assert.doesNotMatch(head([agent, broken], 140), /TURNS/);
  for (const line of agentTable([known, broken], now, 80).split("\n")) assert.ok(line.length <= 80);
});

test("what a terminal showed stands below its agent", () => {
  const now = Date.parse("2026-11-21T09:30:00.000Z");
  const waiting = {
    ...agent,
    activity: "waiting-login" as const,
    screen: ["  Not logged in", "?"],
  };
  const moved = { ...waiting, status: told };
  assert.doesNotMatch(verboseTable([moved], now), /Not logged in/, "it is ready by now");
  const asked: AgentStatus = { ...told, state: "waiting-permission", screen: ["May I?"] };
  assert.match(verboseTable([{ ...waiting, status: asked }], now), /\n {2}\| May I\?\n/);
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
