import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { statusIn } from "../activity-records.ts";
import { systemClock } from "../clock.ts";
import { type Told, watchStatus } from "./watch.ts";

const SIGNS = {
  ready: { screen: "^ready" },
  busy: { screen: "^busy" },
  ...{ login: null, dialog: null, rateLimited: null, refused: null },
  ...{ clear: [], quit: "/quit", submitDelay: 0 },
};

/** One watched agent, whose terminal shows `ready`. */
async function scene() {
  const runtime = await mkdtemp("/tmp/forge-status-");
  const over = new AbortController();
  const told: Told[] = [];
  let more = Promise.withResolvers<void>();
  const watch = watchStatus({
    ...{ runtime, records: statusIn(runtime), signs: SIGNS, failure: null },
    ...{ clock: systemClock, wall: Date.now, signal: over.signal },
    terminal: { look: async () => ({ title: "", screen: "ready" }) },
    tell: (event) => {
      told.push(event);
      more.resolve();
      more = Promise.withResolvers();
    },
  });
  return {
    watch,
    states: () => told.flatMap((event) => (event.kind === "changed" ? event.status.state : [])),
    write: (text: string) => appendFile(join(runtime, "events"), text),
    until: async (state: string) => {
      while (watch.status().state !== state) await more.promise;
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await watch.over;
      await rm(runtime, { recursive: true, force: true });
    },
  };
}

test("what an agent writes of itself is bounded, and no control characters reach people", async () => {
  await using agent = await scene();
  agent.watch.note({ state: "starting" });
  agent.watch.note({ state: "running" });
  await agent.until("ready");
  const report = { at: Date.now(), state: "busy", event: `\u001b[2J${"x".repeat(9000)}` };
  await agent.write(`no json\n[1]\n{"at":"x"}\n${"y".repeat(200_000)}\n`);
  await agent.write(`${JSON.stringify({ ...report, session: "\u0007s", turn: {} })}\n`);
  await agent.until("busy");
  const { event, source } = agent.watch.status();
  assert.equal(source, "harness");
  assert.equal(event, `2J${"x".repeat(62)}`);
});

test("a harness cannot tell what only its supervisor knows, nor of a time to come", async () => {
  await using agent = await scene();
  agent.watch.note({ state: "starting" });
  agent.watch.note({ state: "running" });
  await agent.until("ready");
  for (const state of ["exited", "unknown", "stuck", "starting", "no-such"])
    await agent.write(`${JSON.stringify({ at: Date.now(), state, event: "lie" })}\n`);
  await agent.write(`${JSON.stringify({ at: Date.now() + 1e9, state: "busy", event: "x" })}\n`);
  await agent.until("busy");
  assert.ok(agent.watch.status().since <= Date.now());
  await agent.write(`${JSON.stringify({ at: Date.now() + 5, state: "ready", event: "y" })}\n`);
  await agent.until("ready");
  assert.deepEqual(agent.states(), ["starting", "ready", "busy", "ready"]);
});
