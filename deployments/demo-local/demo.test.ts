import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import * as z from "zod";

const demo = fileURLToPath(new URL("demo.ts", import.meta.url));

/** Runs the demo in a place of its own, with more folders on PATH. */
async function runDemo(root: string, args: readonly string[], folders: readonly string[] = []) {
  const temporary = join(root, "tmp");
  await mkdir(temporary);
  const path = [...folders, process.env["PATH"]].join(delimiter);
  const env = { PATH: path, TMPDIR: temporary, TMUX_TMPDIR: root };
  const command = { env, extendEnv: false, reject: false, timeout: 60_000 } as const;
  const result = await execa(process.execPath, [demo, "--once", ...args], command);
  assert.deepEqual(await readdir(temporary), []);
  assert.deepEqual(await readdir(join(root, `tmux-${process.getuid?.()}`)), []);
  return result;
}

async function placeFor(t: TestContext): Promise<string> {
  const root = await mkdtemp("/tmp/forge-demo-test-");
  t.after(() => rm(root, { recursive: true }));
  return root;
}

test("npm run demo -- --once: both agents answer, and nothing is left", async (t) => {
  const root = await placeFor(t);
  const bin = join(root, "elsewhere");
  await mkdir(bin);
  for (const program of ["fdfind", "rg"]) {
    const script = `#!/bin/sh\necho "$0 $*" >> ${join(root, program)}\n`;
    await writeFile(join(bin, program), script, { mode: 0o755 });
  }
  const { exitCode, stdout, stderr } = await runDemo(root, [], [bin]);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^reviewer: started \(pi 0\.87\.1, pid [0-9]+\)$/m);
  assert.match(stdout, /^reviewer answers: {3}stub\(claude-sonnet-5\): In one sentence: /m);
  assert.match(stdout, /^writer answers: {3}stub\(claude-haiku-4-5\): In one sentence: /m);
  // Both agents found what they search files with, though it is on no system path.
  for (const program of ["fdfind", "rg"])
    assert.match(await readFile(join(root, program), "utf8"), /^(.* --version\n){2}/);
});

/** What a provider that refuses everything says; null is none at all. */
const REFUSALS = [404, 400, null];
for (const status of REFUSALS) {
  test(`the demo fails if no agent is answered: ${status ?? "no connection"}`, async (t) => {
    const root = await placeFor(t);
    const server = createServer((_, response) => response.writeHead(status ?? 500).end("{}"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = z.object({ port: z.number() }).parse(server.address());
    if (status === null) server.close();
    t.after(() => server.close());
    const { exitCode, stdout, stderr } = await runDemo(root, ["--url", `http://127.0.0.1:${port}`]);
    for (const agent of ["reviewer", "writer"])
      assert.match(stdout, new RegExp(`^${agent} did not answer: Error: ${status ?? "Conn"}`, "m"));
    assert.match(
      stderr,
      /^AGENT_FAILED: did not answer: (reviewer, writer|writer, reviewer)\n {2}→ /,
    );
    assert.equal(exitCode, 1);
  });
}
