import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
let root = "";
before(async () => {
  root = await mkdtemp("/tmp/forge-check-test-");
  await mkdir(join(root, "runtime"), { mode: 0o700 });
});
after(() => rm(root, { recursive: true }));

const check = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(repository, "cli/forge.ts"), "harness", "check", ...args], {
    cwd: repository,
    env: { PATH: process.env["PATH"], XDG_RUNTIME_DIR: join(root, "runtime") },
    encoding: "utf8",
  });

async function fake(script: string): Promise<string> {
  const program = join(root, "fake");
  await writeFile(program, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return program;
}

test("a harness that does what forge relies on", async () => {
  const { status, stdout, stderr } = check("pi");
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^pi 0\.87\.1 \(.*\/pi\)\nok {6}takes its .*\nok {6}answers .*\nok {6}tells the .*\nok {6}tells its .*\nok {6}ends .*\n$/,
  );
  assert.equal(status, 0);
  assert.deepEqual(await readdir(join(root, "runtime")), []);
});

test("one that ends at once: why, and its terminal", async () => {
  const { status, stdout, stderr } = check("pi", "--program", await fake("echo no; exit 3"));
  assert.match(stdout, /^pi unknown \(.*\/fake\)\nfailed {2}takes its .*: exited 3; /);
  assert.match(stdout, /\n- {7}answers a prompt\n- .*\n- .*\n- .*\n {2}\| no\n$/);
  assert.match(
    stderr,
    /^CHECK_FAILED: pi unknown: .* shows its prompt\n {2}→ .*harnesses\/pi\/README\.md/,
  );
  assert.equal(status, 1);
  assert.deepEqual(await readdir(join(root, "runtime")), []);
});

test("one that pretends to have asked the model", async () => {
  const program = await fake("printf '\\e]2;π - x\\a'; read -r _; echo 'stub('; sleep infinity");
  const { status, stdout } = check("pi", "--program", program);
  assert.match(stdout, /\nok {6}answers .*\nfailed {2}tells the model its role: .*\n- .*\n- .*\n/);
  assert.match(stdout, /\n {2}\| stub\(\n$/);
  assert.equal(status, 1);
});

test("a harness that is not there, or not known", () => {
  const absent = check("pi", "--program", "/nowhere/pi");
  assert.equal(
    absent.stderr,
    "HARNESS_NOT_FOUND: pi: /nowhere/pi does not exist\n  → correct --program /nowhere/pi\n",
  );
  assert.equal(absent.status, 1);
  const unknown = check("pie");
  assert.match(unknown.stderr, /'pie' is invalid.*Harnesses are: .*\bpi\b/s);
  assert.equal(unknown.status, 2);
});
