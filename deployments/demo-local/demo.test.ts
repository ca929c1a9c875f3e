import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/terminal/engine/command.ts";

const demo = fileURLToPath(new URL("demo.ts", import.meta.url));

test("npm run demo -- --once: both agents answer, and nothing is left", async () => {
  const root = await mkdtemp("/tmp/forge-demo-test-");
  after(() => rm(root, { recursive: true }));
  const temporary = join(root, "tmp");
  await mkdir(temporary);
  const env = { PATH: process.env["PATH"], TMPDIR: temporary, TMUX_TMPDIR: root };
  const { ok, stdout, stderr } = await run({ file: process.execPath, args: [demo, "--once"], env });
  assert.ok(ok, stderr);
  assert.match(stdout, /^reviewer: started \(pi 0\.87\.1, pid [0-9]+\)$/m);
  assert.match(stdout, /^reviewer answers: {3}stub\(claude-sonnet-5\): In one sentence: /m);
  assert.match(stdout, /^writer answers: {3}stub\(claude-haiku-4-5\): In one sentence: /m);
  assert.deepEqual(await readdir(temporary), []);
  assert.deepEqual(await readdir(join(root, `tmux-${process.getuid?.()}`)), []);
});
