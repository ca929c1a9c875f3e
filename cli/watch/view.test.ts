import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentReport } from "../../schema/agent-status.ts";
import type { HostEvent } from "../../schema/api/event.ts";
import { EMPTY, noted, screenOf } from "./view.ts";

const status: AgentReport["status"] = {
  ...{ since: 1, source: "harness", event: null, screen: [], until: null },
  state: "ready",
};
const agent = (name: string, more: Partial<AgentReport> = {}): AgentReport => ({
  ...{ name, harness: "sample", version: "1", model: "stub", status },
  ...{ pid: 7, memory: 1024, turns: 3, queued: 0, ...more },
});
const event = (name: string, more: Partial<AgentReport["status"]>): HostEvent => ({
  ...{ id: 1, at: Date.now(), agent: name, kind: "status" },
  data: { ...status, ...more },
});
const size = { width: 80, height: 24 };

test("the view shows agents, what waits for a person, and the latest events", () => {
  const fleet = "/work/fleet.ts";
  let view = noted(EMPTY, { fleet, kind: "agents", agents: [agent("ada"), agent("bob")] });
  const asked = { state: "waiting-permission", screen: ["Run rm?"] } as const;
  view = noted(view, { fleet, kind: "event", event: event("bob", asked) });
  view = noted(view, { fleet: null, kind: "lost" });
  const lines = screenOf(view, Date.now(), size);
  assert.match(lines[0] ?? "", /^forge watch: 2 agents/);
  assert.match(lines[1] ?? "", /^forged: the connection is lost/);
  assert.match(lines[3] ?? "", /^NAME +STATE +SINCE +TURNS/);
  assert.match(lines[4] ?? "", /^ada +ready +\d\d:\d\d:\d\d +3 /);
  assert.match(lines[5] ?? "", /^bob +waiting-permission/);
  assert.equal(lines[6], "  | Run rm?");
  assert.match(lines[8] ?? "", /^\d{4}.* bob: waiting-permission$/);
  assert.equal(screenOf(noted(view, { fleet: null, kind: "found" }), 0, size)[1], "");
});

test("the view fits every terminal, the smallest too", () => {
  const agents = Array.from({ length: 60 }, (_, at) => agent(`agent-number-${at}`));
  let view = noted(EMPTY, { fleet: null, kind: "agents", agents });
  for (let i = 0; i < 300; i++)
    view = noted(view, { fleet: null, kind: "event", event: event("agent-number-1", {}) });
  for (const [width, height] of [
    [80, 24],
    [20, 5],
    [200, 100],
    [1, 1],
  ] as const) {
    const lines = screenOf(view, Date.now(), { width, height });
    assert.ok(lines.length <= height, `${lines.length} of ${height}`);
    for (const line of lines) assert.ok(line.length <= width);
  }
});

test("agents of a source that comes back are those that it has then", () => {
  const first = noted(EMPTY, { fleet: null, kind: "agents", agents: [agent("ada"), agent("bob")] });
  const other = noted(first, { fleet: "/f.ts", kind: "agents", agents: [agent("ada")] });
  const { agents } = noted(other, { fleet: null, kind: "agents", agents: [agent("ada")] });
  assert.deepEqual(
    [...agents.values()].map(({ fleet, report }) => [fleet, report.name]),
    [
      ["/f.ts", "ada"],
      [null, "ada"],
    ],
  );
});
