import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { statusIn } from "./activity-records.ts";

test("records have forge-signal's format", async () => {
  const folder = await mkdtemp("/tmp/forge-status-");
  try {
    const status = statusIn(folder);
    assert.equal(await status.read(), undefined);
    await status.write("ready", "screen");
    await status.write("exited", "exit");
    assert.equal((await status.read())?.state, "exited");
    const events = await readFile(join(folder, "events"), "utf8");
    const states = execFileSync("jq", ["-r", ".state"], { input: events, encoding: "utf8" });
    assert.equal(states, "ready\nexited\n");
    const known = await status.read();
    await Promise.all([status.write("starting", "start"), status.write("ready", "screen", known)]);
    assert.equal((await status.read())?.state, "starting", "what is seen too late counts no more");
    execFileSync("bash", ["-c", `echo 'not JSON' >${folder}/status`]);
    assert.equal(await status.read(), undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an agent that takes its own folder away harms nobody else", async () => {
  const folder = await mkdtemp("/tmp/forge-status-");
  await rm(folder, { recursive: true });
  const status = statusIn(folder);
  await status.write("ready", "screen");
  assert.equal(await status.read(), undefined);
});
