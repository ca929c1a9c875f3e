import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pi } from "../../harnesses/pi/harness.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import type { Finding } from "../../schema/command-output.ts";
import { createRig, type Rig } from "./up-rig.ts";

const program = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));

const forgeOf =
  ({ env }: Rig) =>
  async (...args: readonly string[]) =>
    execa(process.execPath, [program, ...args], {
      ...{ env, extendEnv: false, reject: false, timeout: 60_000 },
    });

test("an agent of forge up at work: it is listed, its prompt is shown, its turn is ended", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const forge = forgeOf(rig);
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

test("forge doctor finds a refused ledger, and a forge up that hangs or was killed", async () => {
  await using rig = await createRig();
  const forge = forgeOf(rig);
  const codes = async (): Promise<readonly string[]> => {
    const { stdout } = await forge("doctor", "--json");
    const findings: readonly Finding[] = JSON.parse(stdout);
    return findings.map(({ code, about }) => `${code} ${about}`);
  };
  await rig.fake("echo nothing known; while :; do read -r _; done");
  await mkdir(rig.state, { recursive: true });
  await writeFile(join(rig.state, "prompts.db"), "no database".repeat(1000));
  const up = rig.up();
  await up.event("a", "started");
  const fleet = join(rig.root, "fleet.ts");
  assert.ok((await codes()).includes(`LEDGER_UNREADABLE ${fleet}`));
  const people = await forge("doctor");
  assert.match(people.stdout, /^LEDGER_UNREADABLE: .* is damaged.*\n {2}→ /m);
  assert.equal(people.exitCode, 1);
  up.signal("SIGSTOP");
  assert.ok((await codes()).includes(`fleet-silent ${fleet}`));
  assert.equal((await forge("ps", "--json")).stdout, "[]", "it does not wait for who hangs");
  up.signal("SIGKILL");
  await up.exit;
  assert.ok((await codes()).includes(`fleet-killed ${fleet}`));
  assert.equal((await forge("down", fleet)).exitCode, 0);
  assert.deepEqual(await codes(), ["MANIFEST_MISSING /etc/forge/manifest.json"]);
});
