import assert from "node:assert/strict";
import { test } from "node:test";
import { pi } from "../../harnesses/pi/harness.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { createRig, type Up } from "./up-rig.ts";

/** Ends a test with the first warning of an agent. */
async function warning(up: Up): Promise<string> {
  return (await up.event("a", "warning")).reason;
}

const ADVICE =
  /"\. Check agents\.a\.model, the provider's address and the network; forge attach a shows the terminal$/;

test("a model that does not exist, and a provider out of reach, are told with what to do", async () => {
  await using stub = await startStubModel();
  const CASES = {
    "Error: 404 ": { url: stub.url, prompt: "hello [[error 404]]" },
    "Error: Connection error.": { url: "http://127.0.0.1:9", prompt: "hello" },
  };
  for (const [shown, { url, prompt }] of Object.entries(CASES)) {
    await using rig = await createRig();
    const options = { provider: "stub", baseUrl: url, apiKeyVariable: null };
    await rig.fleet({ a: { harness: "pi", model: "no-such", role: "r", pi: options } });
    const up = rig.up();
    await up.event("a", "status", 2); // ready
    await (await rig.terminal("a", pi.terminal)).paste(prompt);
    const reason = await warning(up);
    assert.ok(reason.startsWith(`a request to its model failed: "${shown}`), reason);
    assert.match(reason, ADVICE);
    up.signal("SIGINT");
    assert.equal(await up.exit, 0);
    assert.equal(up.events.filter(({ kind }) => kind === "warning").length, 1);
  }
});
