import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pi } from "../../harnesses/pi/harness.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { createRig } from "./up-rig.ts";

const program = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));

test("an agent of forge up at work: it is listed, its prompt is shown, its turn is ended", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const forge = async (...args: readonly string[]) => {
    const options = { env: rig.env, extendEnv: false, reject: false, timeout: 60_000 } as const;
    return execa(process.execPath, [program, ...args], options);
  };
  const options = { provider: "stub", baseUrl: stub.url, apiKeyVariable: null };
  await rig.fleet({ a: { harness: "pi", model: "stub-1", role: "r", pi: options } });
  const up = rig.up();
  assert.equal((await up.event("a", "status", 2)).state, "ready");
  const terminal = await rig.terminal("a", pi.terminal);
  await terminal.waitUntilReady();
  assert.equal((await forge("interrupt", "a")).stdout, "a: no turn ran");
  const watching = forge("watch", "a");

  const sent = await forge("send", "--wait", "a", "[[delay 60000]] a long turn");
  const [id = ""] = sent.stdout.split(" ");
  assert.equal((await up.event("a", "status", 3)).state, "busy");
  await terminal.waitFor(/Working/);
  await forge("send", "a", "after it");
  assert.match((await forge("ps")).stdout, /^a .* busy \(1 queued\) /m);
  const shown = await forge("prompts", "show", id);
  assert.match(shown.stdout, /^phase +submitted$/m);
  assert.match((await forge("prompts", "a")).stdout, /queued +\d+s ago +after it\n.*submitted/);
  assert.equal((await forge("interrupt", "a")).stdout, "a: its turn was ended");
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
  const watched = await watching;
  assert.equal(watched.exitCode, 0, `it ends with forge up: ${watched.stderr}`);
  const seen = watched.stdout.split("\n").map((line) => line.replace(/^.{19} /, ""));
  const ofPrompt = seen.filter((line) => line.startsWith(`a: prompt ${id} `));
  const phases = ofPrompt.map((line) => line.split(" ")[3]?.replace(":", ""));
  assert.deepEqual(phases.slice(-2), ["submitted", "aborted"]);
  assert.ok(seen.indexOf("a: busy") < seen.indexOf("a: a turn ended"), watched.stdout);
});
