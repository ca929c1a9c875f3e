import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { launcherTools } from "../../tests/launcher-lab.ts";
import { readAsset } from "../assets.ts";

/** Each part of the launcher by itself, with those that it calls. */
const tools = Object.entries(launcherTools());

let state = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "forge-part-"));
  mkdirSync(join(state, ".forge"));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** Runs a script after these parts, with $1 and further arguments. */
function run(parts: readonly string[], script: string, args: readonly string[] = []) {
  const sources = parts.map((part) => readAsset(`runtime/launcher/${part}.bash`));
  const text = tools.reduce(
    (all, [name, path]) => all.replaceAll(`@${name}@`, path),
    ["set -fu", `_state=${state}`, ...sources, script].join("\n"),
  );
  const bash = launcherTools().bash;
  const { status, stdout, stderr } = spawnSync(bash, ["-c", text, "part", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("paths: a file is replaced, and a link in its place is not followed", () => {
  const other = join(state, "other");
  writeFileSync(other, "other");
  for (const path of ["file", ".forge/new"]) symlinkSync(other, join(state, path));
  assert.equal(run(["failures", "paths"], 'put "$_state/file" "%s" text').status, 0);
  assert.equal(readFileSync(join(state, "file"), "utf8"), "text");
  assert.equal(readFileSync(other, "utf8"), "other");
});

test("paths: what stands where a directory belongs is kept beside it", () => {
  symlinkSync("/", join(state, "config"));
  run(["failures", "paths"], 'want_directory "$_state/config"; make_missing');
  const names = readdirSync(state).filter((name) => name.startsWith("config"));
  assert.match(names.join(" "), /^config config\.displaced-\d+\.\d+$/);
});

test("lock: the second start ends with 75 and says which state directory it is", () => {
  const { status, stderr } = run(["failures", "paths", "state-lock"], "lock_state; (lock_state)");
  assert.equal(status, 75);
  assert.match(stderr, new RegExp(`^ALREADY_RUNNING: the agent of ${state} already runs\n`));
});

test("credentials: line breaks at the end are not part of a secret; a NUL byte or nothing is refused", () => {
  const read = (content: string) => {
    writeFileSync(join(state, "KEY"), content);
    const script = 'read_secret KEY "$_state/KEY"; printf "[%s]" "${_secrets[KEY]}"';
    return run(["failures", "credentials"], script);
  };
  assert.equal(read(" a b \n\n").stdout, "[ a b ]");
  for (const content of ["", "\n\n", "a\0b"]) {
    const { status, stderr } = read(content);
    assert.equal(status, 78, JSON.stringify(content));
    assert.match(stderr, /^CREDENTIAL_MISSING: secrets\.KEY: /);
  }
});

test("credentials: a file that holds more than the key is refused by its shape, and the key is not printed", () => {
  const read = (content: string, name = "MY_KEY") => {
    writeFileSync(join(state, name), content);
    const script = `read_secret ${name} "$_state/${name}"; printf "[%s]" "\${_secrets[${name}]}"`;
    return run(["failures", "credentials"], script);
  };
  const shapes = {
    "\ufeffsk-mine": "begins with a byte order mark",
    "MY_KEY=sk-mine": "has MY_KEY= before the value",
    "export MY_KEY=sk-mine": "has MY_KEY= before the value",
    "sk-mine\r\n": "ends with a carriage return",
    '"sk-mine"': "has quotes around the value",
    "'sk-mine'\n": "has quotes around the value",
    "sk-mine\nsk-other\n": "has more than one line",
  };
  for (const [content, what] of Object.entries(shapes)) {
    const { status, stderr } = read(content);
    assert.equal(status, 78, JSON.stringify(content));
    assert.ok(
      stderr.startsWith(
        `CREDENTIAL_MISSING: secrets.MY_KEY: the file ${what}\n  → write only the value`,
      ),
      stderr,
    );
    assert.ok(!stderr.includes("sk-mine"), stderr);
  }
  for (const content of [
    "-----BEGIN KEY-----\nAA\n-----END KEY-----",
    '{\n"a": 1\n}',
    "a=b",
    "it's",
  ])
    assert.equal(read(content).stdout, `[${content}]`);
  assert.equal(read("one\ntwo", "MY_NOTES").stdout, "[one\ntwo]");
});

test("files: only what lies below the state directory, through no link, may be removed", () => {
  mkdirSync(join(state, "config"));
  writeFileSync(join(state, "config/role.md"), "");
  symlinkSync("/etc", join(state, "linked"));
  const removable = (path: string) =>
    run(["failures", "paths", "declared-files"], 'is_removable "$1"', [path]).status === 0;
  assert.ok(removable("config/role.md"));
  for (const path of ["", "config", "../x", "/etc/passwd", "linked/passwd", ".forge/laid", "a//b"])
    assert.ok(!removable(path), path);
});

test("links: a person's file is linked, unless the agent has one of its own", () => {
  const [shared, own] = [join(state, "shared"), join(state, "own")];
  for (const file of [shared, own]) writeFileSync(file, file);
  const script = '_links=(new "$1" own "$1" gone /nonexistent); lay_links; readlink "$_state/new"';
  assert.equal(run(["failures", "login-links"], script, [shared]).stdout.trim(), shared);
  assert.equal(readFileSync(own, "utf8"), own);
  assert.ok(!readdirSync(state).includes("gone"));
});

test("conversation: it is continued once; a try that left no sign of life puts it aside", () => {
  writeFileSync(join(state, ".forge/session"), "abc-1\n");
  const parts = ["failures", "paths", "environment", "conversation"];
  const choose = () =>
    run(
      parts,
      '_inherited=() _resume=(--resume "{session}"); choose_conversation; echo "${_resume[*]}"',
    ).stdout.trim();
  assert.equal(choose(), "--resume abc-1");
  const now = `${Math.floor(Date.now() / 1000)}\n`;
  const runtime = join(state, "runtime");
  mkdirSync(runtime);
  writeFileSync(join(runtime, "status"), "{}");
  writeFileSync(join(state, ".forge/resumed"), now);
  const again = `_inherited=("RUNTIME_DIRECTORY=${runtime}") _resume=(--resume "{session}"); choose_conversation; echo "[\${_resume[*]}]"`;
  assert.equal(run(parts, again).stdout.trim(), "[]");
  assert.match(
    readdirSync(join(state, ".forge")).join(" "),
    /session\.unusable-/,
    "the conversation is kept",
  );
});

test("environment: a secret hides an inherited variable of the same name, and stands in no argument", () => {
  const script = `_inherited=(TERM=dumb COLORTERM=truecolor) _environment=(A=1) _argv=(/bin/true -x) _resume=(--resume 7)
    declare -A _secrets=([TERM]=hidden); _secret_paths=(FILE=/run/f); compose_command more; printf "%s\\n" "\${_command[@]}"`;
  const { stdout } = run(["failures", "environment"], script);
  assert.equal(
    stdout.trim().replaceAll("\n", " "),
    "-u PWD -u OLDPWD -u SHLVL -- COLORTERM=truecolor A=1 FILE=/run/f /bin/true --resume 7 -x more",
  );
});

test("record: the start is one line of JSON in both files, whatever the plan's path holds", () => {
  const plan = 'a "quoted" \\ path';
  const script = '_plan=$1 _inherited=("RUNTIME_DIRECTORY=$_state"); record_start';
  run(["failures", "paths", "environment", "record"], script, [plan]);
  for (const name of ["events", "status"]) {
    const record: unknown = JSON.parse(readFileSync(join(state, name), "utf8"));
    assert.ok(typeof record === "object" && record !== null && "plan" in record);
    assert.equal(record.plan, plan);
  }
});
