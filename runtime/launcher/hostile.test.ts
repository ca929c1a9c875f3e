import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, test } from "node:test";
import { buildPlanFolder } from "../../plan/build/folder.ts";
import { launcherTools, samplePlan } from "../../tests/launcher-lab.ts";
import { renderLauncher } from "../render.ts";

/** What a caller, a plan, a former run or a full disk may do to a start. */
let root = "";
let state = "";
let plans = 0;
const NOBODY = 65534;
const SEED = { "s/a.json": { a: 1 } };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "forge-hostile-"));
  state = join(root, "state");
  install();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const install = (tools = {}): void =>
  writeFileSync(join(root, "launch"), renderLauncher({ ...launcherTools(), ...tools }), {
    mode: 0o755,
  });

type Fields = { readonly [field: string]: unknown };
async function folderOf(fields: Fields = {}): Promise<string> {
  const out = join(root, `plan-${plans++}`);
  const plan = samplePlan(state, {
    argv: [launcherTools().coreutils.concat("/env"), "-0"],
    ...fields,
  });
  await buildPlanFolder({ plan, out, launcher: join(root, "launch") });
  return out;
}

/** Starts a plan folder, as a user who is not root if asked, and tells what became of it. */
async function run(folder: string, env: NodeJS.ProcessEnv = {}, user = {}) {
  const child = spawn(join(folder, "bin/forge-agent-sample"), { env, ...user, timeout: 5000 });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  const pairs = stdout.split("\0").filter((pair) => pair.includes("="));
  const given = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2)));
  return { status, stderr, env: given };
}
const start = async (fields?: Fields, env?: NodeJS.ProcessEnv) => run(await folderOf(fields), env);
async function started(fields?: Fields, env?: NodeJS.ProcessEnv) {
  const outcome = await start(fields, env);
  assert.deepEqual({ status: outcome.status, stderr: outcome.stderr }, { status: 0, stderr: "" });
  return outcome;
}
function secret(name: string, value: string): NodeJS.ProcessEnv {
  mkdirSync(join(root, "secrets"), { recursive: true });
  writeFileSync(join(root, "secrets", name), value);
  return { CREDENTIALS_DIRECTORY: join(root, "secrets") };
}
const credential = (name: string, delivery: string): Fields => ({
  credentials: { [name]: { source: "/x", delivery } },
});

test("a caller's functions and odd names do not pass, and bash adds nothing", async () => {
  const env = { "BASH_FUNC_which%%": "() { :; }", "a.b": "x", SHELLOPTS: "braceexpand", TERM: "t" };
  const outcome = await started({ env: { HOME: state } }, env);
  assert.deepEqual(outcome.env, { HOME: state, TERM: "t" });
});

test("a variable may be named like one of the launcher's own, or mean something to bash", async () => {
  const names =
    "argv plan state own seeds files merge FUNCNEST LC_ALL OPTIND TMOUT LD_LIBRARY_PATH";
  const env = Object.fromEntries(names.split(" ").map((name) => [name, "1"]));
  assert.deepEqual((await started({ env, seed: SEED })).env, env);
});

test("a secret may be named like one of the launcher's own variables", async () => {
  const outcome = await started(credential("state", "env"), secret("state", "s\n"));
  assert.equal(outcome.env["state"], "s");
});

test("a secret with a NUL is refused as a variable, and delivered as a file", async () => {
  const env = secret("KEY", "\0\0binary");
  const { status, stderr } = await start(credential("KEY", "env"), env);
  assert.equal(status, 78);
  assert.match(stderr, /^CREDENTIAL_MISSING: secrets\.KEY: the file holds a NUL byte/);
  assert.ok(!existsSync(join(state, "config")), "nothing is touched before secrets are there");
  assert.equal(
    (await started(credential("KEY", "file"), env)).env["KEY"],
    join(root, "secrets/KEY"),
  );
});

test("a seed that cannot be merged leaves the harness's own file where it is", async () => {
  await started({ seed: SEED });
  writeFileSync(join(state, "s/a.json"), '{"login":1}');
  writeFileSync(join(root, "jq"), "#!/bin/sh\nexit 2\n", { mode: 0o755 });
  install({ jq: join(root, "jq") });
  assert.equal((await start({ seed: SEED })).status, 78);
  assert.deepEqual(readdirSync(join(state, "s")), ["a.json"]);
  assert.equal(readFileSync(join(state, "s/a.json"), "utf8"), '{"login":1}');
});

for (const name of ["merged", "new", "laid"]) {
  test(`a link or FIFO at .forge/${name} is neither followed nor waited for`, async () => {
    await started();
    const precious = join(root, "precious");
    const at = join(state, ".forge", name);
    writeFileSync(precious, "precious");
    rmSync(at, { force: true });
    symlinkSync(precious, at);
    assert.equal((await start({ seed: SEED })).status, 0);
    assert.equal(readFileSync(precious, "utf8"), "precious");
    rmSync(at, { force: true });
    rmSync(join(state, "s/a.json"));
    execFileSync("mkfifo", [at]);
    assert.equal((await start({ seed: SEED })).status, 0);
  });
}

test("the list of laid files removes nothing of the launcher's", async () => {
  await started();
  writeFileSync(join(state, ".forge/kept"), "");
  writeFileSync(join(state, ".forge/laid"), ".forge/kept\0");
  await started();
  assert.ok(existsSync(join(state, ".forge/kept")));
});

test("a start that changes nothing writes nothing", async () => {
  const time = () => statSync(join(state, ".forge/laid"), { bigint: true }).mtimeNs;
  await started();
  const before = time();
  await started();
  assert.equal(time(), before);
});

test("a harness that takes .forge away does not free the lock", async () => {
  const script = 'rm -rf "$HOME/.forge"; echo up; read -r line';
  const env = { HOME: state, PATH: launcherTools().coreutils };
  const folder = await folderOf({ argv: [launcherTools().bash, "-c", script], env });
  const first = spawn(join(folder, "bin/forge-agent-sample"), { env: {} });
  await once(first.stdout, "data");
  assert.equal((await start()).status, 75);
  first.stdin.end();
  await once(first, "exit");
});

for (const name of ["@", "*", "]", "a]b", "$(id)", "-n", "a\nb", "é ✓"]) {
  test(`a file named ${JSON.stringify(name)} comes and goes`, async () => {
    await started({ files: { [name]: { text: "1" }, [`d/${name}`]: { text: "2" } } });
    assert.equal(readFileSync(join(state, "d", name), "utf8"), "2");
    await started({ files: {} });
    assert.ok(!existsSync(join(state, name)) && !existsSync(join(state, "d", name)));
  });
}

for (const name of ["", ".forge", "config", ".forge/laid", "s", "s/a.json"]) {
  test(`closed to its own user, state/${name} is opened again`, async () => {
    const folder = await folderOf({ seed: SEED });
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}; // root may read all
    chmodSync(root, 0o755);
    mkdirSync(state);
    if ("uid" in user) chownSync(state, NOBODY, NOBODY);
    for (const round of ["first", "closed"]) {
      const { status, stderr } = await run(folder, {}, user);
      assert.equal(status, 0, `${round}: ${stderr}`);
      chmodSync(join(state, name), 0);
    }
    chmodSync(join(state, name), 0o700);
    if (name !== "s") assert.deepEqual(readdirSync(join(state, "s")), ["a.json"]);
  });
}

test("a plan folder that is not whole is refused", async () => {
  for (const list of ["place", "argv", "env", "files", "directories", "seeds", "credentials"]) {
    const folder = await folderOf();
    rmSync(join(folder, list));
    const { status, stderr } = await run(folder);
    assert.equal(status, 78, list);
    assert.match(stderr, new RegExp(`^PLAN_UNREADABLE: .*/${list} cannot be read\n  → `));
  }
});

test("a directory is no program", async () => {
  const { status, stderr } = await start({ argv: [root] });
  assert.equal(status, 78);
  assert.match(stderr, /^HARNESS_NOT_FOUND/);
});
