import assert from "node:assert/strict";
import { type ExecFileException, execFile, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { buildPlanFolder } from "../../plan/build/folder.ts";
import type { Plan } from "../../schema/plan.ts";
import { hostileText } from "../../tests/arbitrary.ts";
import { expectGolden } from "../../tests/golden.ts";
import { launcherTools, samplePlan } from "../../tests/launcher-lab.ts";
import { renderLauncher } from "../render.ts";

const tools = launcherTools();

let root = "";
let state = "";
let plans = 0;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "forge-launch-"));
  state = join(root, "state");
  writeFileSync(join(root, "launch"), renderLauncher(tools), { mode: 0o755 });
  // Stands for a harness: says what it was given, byte for byte.
  writeFileSync(
    join(root, "harness"),
    `#!${process.execPath}\nprocess.stdout.write(JSON.stringify({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() }));`,
    { mode: 0o755 },
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Fields = { readonly [field: string]: unknown };
const planOf = (fields: Fields = {}): Plan =>
  samplePlan(state, { argv: [join(root, "harness")], ...fields });

interface Outcome {
  readonly status: number;
  readonly stderr: string;
  readonly harness: { argv: string[]; env: Record<string, string>; cwd: string } | undefined;
}

const folderOf = async (fields?: Fields): Promise<string> => {
  const out = join(root, `plan-${plans++}`);
  await buildPlanFolder({ plan: planOf(fields), out, launcher: join(root, "launch") });
  return out;
};

async function start(fields?: Fields, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const program = join(await folderOf(fields), "bin/forge-agent-sample");
  return new Promise((done) => {
    const options = { env: { TERM: "dumb", SECRET_OF_CALLER: "x", ...env }, maxBuffer: 2 ** 26 };
    execFile(program, ["extra"], options, (error: ExecFileException | null, stdout, stderr) =>
      done({
        status: typeof error?.code === "number" ? error.code : error ? -1 : 0,
        stderr: stderr.replaceAll(root, "/test").replace(/-\d+\.\d+/g, "-<time>"),
        harness: stdout ? JSON.parse(stdout) : undefined,
      }),
    );
  });
}
const started = async (fields?: Fields, env?: NodeJS.ProcessEnv) => {
  const outcome = await start(fields, env);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.ok(outcome.harness);
  return { ...outcome, harness: outcome.harness };
};
const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("the harness gets the plan's arguments, environment and directory, and nothing else", async () => {
  const { harness } = await started({
    argv: [join(root, "harness"), "a b", "-x", ""],
    env: { HOME: state, A: "1\n2" },
  });
  assert.deepEqual(harness.argv, ["a b", "-x", "", "extra"]);
  assert.equal(harness.cwd, `${state}/workspace`);
  assert.deepEqual(harness.env, { HOME: state, A: "1\n2", TERM: "dumb" });
});

test("hostile arguments and values arrive byte for byte", async () => {
  const texts = fc
    .sample(hostileText, { numRuns: 60, seed: 1 })
    .filter((text) => text.length < 10_000);
  const env = Object.fromEntries(texts.map((text, i) => [`V${i}`, text]));
  const { harness } = await started({ argv: [join(root, "harness"), ...texts], env });
  assert.deepEqual(harness.argv, [...texts, "extra"]);
  for (const [name, value] of Object.entries(env)) assert.equal(harness.env[name], value);
});

test("declared files are links into the plan folder, with any name", async () => {
  const files = {
    "-x": { text: "1" },
    "a\nb/c d": { json: { é: 1 } },
    "deep/er/$(id)": { source: "/etc/hostname" },
    run: { text: "#!/bin/sh\n", executable: true },
  };
  await started({ files });
  assert.equal(readFileSync(join(state, "-x"), "utf8"), "1");
  assert.deepEqual(json(join(state, "a\nb/c d")), { é: 1 });
  assert.ok(lstatSync(join(state, "deep/er/$(id)")).isSymbolicLink());
  assert.ok(statSync(join(state, "run")).mode & 0o100);
  assert.match(readlinkSync(join(state, "-x")), /plan-\d+\/home\/-x$/);
});

test("a file that left the declaration leaves the agent, one that the harness replaced is laid again", async () => {
  await started({ files: { "a/one": { text: "1" }, two: { text: "2" } } });
  rmSync(join(state, "two"));
  writeFileSync(join(state, "two"), "mine");
  rmSync(join(state, "a/one"));
  writeFileSync(join(state, "a/one"), "mine");
  await started({ files: { two: { text: "2" } } });
  assert.ok(!existsSync(join(state, "a/one")));
  assert.equal(readFileSync(join(state, "two"), "utf8"), "2");
});

test("what a former run left in the way is moved aside, and no link is followed", async () => {
  const precious = join(root, "precious");
  mkdirSync(precious);
  writeFileSync(join(precious, "role.md"), "precious");
  mkdirSync(join(state, "file"), { recursive: true });
  writeFileSync(join(state, "file/kept"), "kept");
  symlinkSync(precious, join(state, "config"));
  symlinkSync(precious, join(state, ".forge"));
  execFileSync("mkfifo", [join(state, "fifo")]);
  const files = { "config/role.md": { text: "new" }, file: { text: "f" }, fifo: { text: "p" } };
  const { stderr } = await started({ files });
  assert.deepEqual(readdirSync(precious), ["role.md"]);
  assert.equal(readFileSync(join(precious, "role.md"), "utf8"), "precious");
  assert.equal(readFileSync(join(state, "config/role.md"), "utf8"), "new");
  assert.equal(readFileSync(join(state, "fifo"), "utf8"), "p");
  const aside = readdirSync(state).find((name) => name.startsWith("file.displaced-"));
  assert.ok(aside && existsSync(join(state, aside, "kept")));
  assert.match(stderr, /state\/config was in the way/);
});

test("a link where the launcher writes its own files is not followed", async () => {
  await started();
  const precious = join(root, "precious");
  writeFileSync(precious, "precious");
  for (const name of ["laid", "merged", "new"]) {
    rmSync(join(state, ".forge", name), { force: true });
    symlinkSync(precious, join(state, ".forge", name));
  }
  await started({ seed: { "a.json": { a: 1 } } });
  assert.equal(readFileSync(precious, "utf8"), "precious");
});

test("a forged list of laid files removes nothing outside, nor through a link", async () => {
  await started();
  const precious = join(root, "precious");
  mkdirSync(precious);
  writeFileSync(join(precious, "file"), "precious");
  symlinkSync(precious, join(state, "link"));
  const list = ["../precious/file", "link/file", `${precious}/file`, "", "a/../../precious/file"];
  writeFileSync(join(state, ".forge/laid"), list.map((name) => `${name}\0`).join(""));
  await started();
  assert.equal(readFileSync(join(precious, "file"), "utf8"), "precious");
});

test("a directory that was closed is opened again", async () => {
  const asRoot = process.getuid?.() === 0;
  const fields = { argv: ["/bin/true"], workdir: state };
  const program = join(await folderOf(fields), "bin/forge-agent-sample");
  mkdirSync(join(state, "config"), { recursive: true });
  if (asRoot) execFileSync("chown", ["-R", "65534:65534", root]); // root may enter any directory
  execFileSync("chmod", ["000", join(state, "config")]);
  execFileSync(program, asRoot ? { uid: 65534, gid: 65534 } : {});
  assert.equal(statSync(join(state, "config")).mode & 0o700, 0o700);
});

test("seeds are written once, merged under what the harness wrote, and left alone when all is there", async () => {
  const seed = {
    "own/.state.json": { trusted: true, projects: { "/w": { ok: true } }, list: ["a"] },
  };
  const file = join(state, "own/.state.json");
  await started({ seed });
  assert.deepEqual(json(file), seed["own/.state.json"]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(
    file,
    JSON.stringify({ trusted: false, projects: { "/x": 1 }, list: ["b"], count: 3 }),
  );
  await started({ seed });
  const merged = {
    trusted: false,
    projects: { "/x": 1, "/w": { ok: true } },
    list: ["b", "a"],
    count: 3,
  };
  assert.deepEqual(json(file), merged);
  const { mtimeNs } = statSync(file, { bigint: true });
  await started({ seed });
  assert.equal(statSync(file, { bigint: true }).mtimeNs, mtimeNs);
});

test("a state file that is not a JSON object is kept beside the fresh one", async () => {
  for (const [i, broken] of ['{"half":', "[1]", ""].entries()) {
    const name = `s${i}.json`;
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, name), broken);
    const { stderr } = await started({ seed: { [name]: { a: 1 } } });
    assert.deepEqual(json(join(state, name)), { a: 1 });
    const aside = readdirSync(state).find((entry) => entry.startsWith(`${name}.corrupt-`));
    if (broken === "") continue;
    assert.match(stderr, /was in the way/);
    assert.equal(readFileSync(join(state, aside ?? ""), "utf8"), broken);
  }
});

test("secrets arrive as variable or file, their end in seeds, and in no argument", async () => {
  const directory = join(root, "credentials");
  mkdirSync(directory);
  writeFileSync(join(directory, "KEY"), "sk-0123456789\n");
  writeFileSync(join(directory, "TOKEN"), "t");
  const { harness } = await started(
    {
      credentials: {
        KEY: { source: "/x", delivery: "env" },
        TOKEN: { source: "/y", delivery: "file" },
      },
      seed: { "a.json": { approved: [{ $credentialTail: { name: "KEY", length: 4 } }] } },
    },
    { CREDENTIALS_DIRECTORY: directory, KEY: "of the caller" },
  );
  assert.equal(harness.env["KEY"], "sk-0123456789");
  assert.equal(harness.env["TOKEN"], join(directory, "TOKEN"));
  assert.deepEqual(json(join(state, "a.json")), { approved: ["6789"] });
});

const refusals: readonly (readonly [
  name: string,
  status: number,
  arrange: () => Promise<Outcome>,
])[] = [
  [
    "credential-missing",
    78,
    () => start({ credentials: { KEY: { source: "/x", delivery: "env" } } }),
  ],
  [
    "credential-empty",
    78,
    () => {
      mkdirSync(join(root, "credentials"));
      writeFileSync(join(root, "credentials/KEY"), "\n");
      return start(
        { credentials: { KEY: { source: "/x", delivery: "env" } } },
        { CREDENTIALS_DIRECTORY: join(root, "credentials") },
      );
    },
  ],
  [
    "state-is-a-link",
    78,
    () => {
      symlinkSync(root, state);
      return start();
    },
  ],
  ["workspace-missing", 78, () => start({ workdir: "/nonexistent/workspace" })],
  ["harness-not-found", 78, () => start({ argv: ["/nonexistent/harness"] })],
];
for (const [name, status, arrange] of refusals) {
  test(`refused with a clear message, nothing started: ${name}`, async () => {
    const outcome = await arrange();
    assert.equal(outcome.status, status);
    assert.equal(outcome.harness, undefined);
    expectGolden(`errors/${name}.txt`, outcome.stderr);
  });
}

test("one agent never runs twice; the lock ends with the harness", async () => {
  writeFileSync(
    join(root, "harness"),
    `#!${process.execPath}\nprocess.stdout.write("up"); process.stdin.resume();`,
    { mode: 0o755 },
  );
  const first = spawn(join(await folderOf(), "bin/forge-agent-sample"), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await new Promise((up) => first.stdout.once("data", up));
  const second = await start();
  assert.equal(second.status, 75);
  expectGolden("errors/already-running.txt", second.stderr);
  const ended = new Promise((exit) => first.once("exit", exit));
  first.stdin.end();
  await ended;
});

test("the launcher names every program by absolute path", () => {
  const script = renderLauncher({
    bash: "/b/bash",
    coreutils: "/c",
    flock: "/f",
    jq: "/j",
    sqlite3: "/s",
  });
  execFileSync(tools.bash, ["-n"], { input: script });
  const builtins = execFileSync(tools.bash, ["-c", "compgen -b; compgen -k"], {
    encoding: "utf8",
  }).split("\n");
  const functions = [...script.matchAll(/^(\w+)\(\) \{/gm)].map(([, name]) => name ?? "");
  const shared = [...script.matchAll(/\b(_[a-z_]+)\+?=/g)].map(([, name]) => name ?? "");
  const known = new Set([...builtins, ...functions, ...shared]);
  const code = script
    .replace(/(^|\s)# .*$/gm, "")
    .replace(/_merge='[^']*'/, "")
    .replace(/'[^'\n]*'|"[^"\n]*"/g, "''");
  const commands = [
    ...code.matchAll(/(?:^|[;&|(]|\bdo|\bthen|\|\||&&)\s*([a-z_]+)\b(?![=)+[])/gm),
  ].map(([, word]) => word ?? "");
  assert.ok(commands.includes("exec") && commands.includes("mapfile"));
  assert.deepEqual(
    [...new Set(commands)].filter((word) => !known.has(word)),
    [],
  );
});

test("a secret may have the name of any variable that the launcher assigns", async () => {
  const script = renderLauncher(tools).replace(/_merge='[^']*'/, "");
  const assigned = [
    ...script.matchAll(/\b([A-Za-z_]\w*)(?:\[[^\]\n]*\])?\+?=|\b(?:for|local)((?: [a-z_]+)+)/g),
  ].flatMap(([, name, list = ""]) => [name ?? "", ...list.split(" ")]);
  const names = [...assigned, "argv", "kept", "declared"].filter((name) => /^[a-z]/.test(name));
  assert.ok(names.includes("declared") && names.includes("laid"));
  const directory = join(root, "credentials");
  mkdirSync(directory);
  const wanted = Object.fromEntries(names.map((name) => [name, `secret ${name}`]));
  for (const [name, value] of Object.entries(wanted)) writeFileSync(join(directory, name), value);
  const credentials = Object.fromEntries(
    names.map((name) => [name, { source: "/x", delivery: "env" }]),
  );
  const outcome = await started({ credentials }, { CREDENTIALS_DIRECTORY: directory });
  for (const [name, value] of Object.entries(wanted))
    assert.equal(outcome.harness.env[name], value, name);
});
