import assert from "node:assert/strict";
import { test } from "node:test";
import { pi } from "../../harnesses/pi/harness.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { createRig, type Up } from "./up-rig.ts";

/** The states that were told so far. */
const states = ({ events }: Up) =>
  events.flatMap((event) => (event.kind === "status" ? event.state : []));

test("a harness that is stopped in a turn is stuck, works on, and is ready only at the turn's end", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const options = { provider: "stub", baseUrl: stub.url, apiKeyVariable: null };
  await rig.fleet({ a: { harness: "pi", model: "stub-1", role: "r", pi: options } });
  const up = rig.up("--stuck-after", "2");
  const { pid } = await up.event("a", "started");
  assert.equal((await up.event("a", "status", 2)).state, "ready");
  const terminal = await rig.terminal("a", pi.terminal);
  await terminal.paste("[[delay 9000]] hello");
  assert.equal((await up.event("a", "status", 3)).state, "busy");
  await terminal.waitFor(/Working/);
  process.kill(pid, "SIGSTOP");
  assert.equal((await up.event("a", "status", 4)).state, "stuck");
  process.kill(pid, "SIGCONT");
  assert.equal((await up.event("a", "status", 5)).state, "busy");
  assert.equal((await up.event("a", "status", 6)).state, "ready");
  assert.match((await terminal.look()).screen, /stub\(stub-1\):/, "the turn has its answer");
  assert.deepEqual(states(up), ["starting", "ready", "busy", "stuck", "busy", "ready"]);
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
});
