import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("forge.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "forge-cli-"));
after(() => rmSync(root, { recursive: true }));
const folder = join(root, "here");
mkdirSync(folder);
/** The golden plan, without the skill, which lies nowhere. */
const plan = join(root, "plan.json");
const golden: { library: object } = JSON.parse(
  readFileSync(fileURLToPath(new URL("../tests/golden/pi/plan.json", import.meta.url)), "utf8"),
);
writeFileSync(plan, JSON.stringify({ ...golden, library: { ...golden.library, skills: {} } }));

function forge(args: readonly string[], input = "") {
  const options = { input, encoding: "utf8", cwd: folder } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, stdout, stderr };
}

const REFUSED: readonly (readonly [args: readonly string[], status: number, stderr: RegExp])[] = [
  [[], 2, /^Usage: forge/],
  [["plna"], 2, /^USAGE: unknown command 'plna' \(Did you mean plan\?\)\n {2}→ forge --help .*\n$/],
  [["plan", "shwo"], 2, /^USAGE: unknown command 'shwo' .*\n {2}→ forge plan --help .*\n$/],
  [
    ["plan", "show", "--jsn", plan],
    2,
    /^USAGE: unknown option '--jsn' .*--json\?\)\n.* forge plan show --help .*\n$/,
  ],
  [["plan", "show", plan, "more"], 2, /^USAGE: too many arguments/s],
  [["plan", "build", plan, "out"], 2, /^USAGE: required option '--launcher <path>'/s],
  [["plan", "check", "/nowhere.json"], 1, /^PLAN_UNREADABLE: .*\/nowhere\.json.*\n {2}→ /s],
  [
    ["plan", "build", plan, "out", "--launcher", "/nowhere"],
    1,
    /^TOOL_MISSING: \/nowhere.*\n {2}→ /s,
  ],
  [["plan", "build", plan, ".", "--launcher", program], 1, /^OUTPUT_UNWRITABLE: .*\n {2}→ /s],
  [["plan", "build", plan, "a/b", "--launcher", program], 1, /^OUTPUT_UNWRITABLE: .*\n {2}→ /s],
];
for (const [args, status, message] of REFUSED) {
  test(`forge ${args.join(" ").replace(plan, "PLAN")}: ${message.source.slice(0, 40)}`, () => {
    const result = forge(args);
    assert.equal(result.stdout, "");
    assert.match(result.stderr, message);
    assert.equal(result.status, status);
    assert.deepEqual(readdirSync(folder), []);
  });
}

test("with --json an error is an object on standard error, and the status stays", () => {
  const errors = [
    [["plan", "show", "--json", "/nowhere.json"], 1, "PLAN_UNREADABLE"],
    [["ps", "--json", "--all"], 2, "USAGE"],
    [["up", "--json", "nowhere.ts"], 1, "FLEET_INVALID"],
    [["plan", "shwo", "--json"], 2, "USAGE"],
    [["up", "--json", "\u009b2J\u202e.ts"], 1, "FLEET_INVALID"],
  ] as const;
  for (const [args, status, code] of errors) {
    const result = forge(args);
    assert.equal(result.stdout, "");
    assert.doesNotMatch(result.stderr, /[\u0080-\u009f\u202e]/);
    const { error } = JSON.parse(result.stderr);
    assert.deepEqual(Object.keys(error), ["code", "message", "fix"]);
    assert.deepEqual([error.code, result.status], [code, status], args.join(" "));
  }
});

test("a plan from standard input is checked, and shown as text or JSON", () => {
  const text = forge(["plan", "show", plan]);
  assert.match(text.stdout, /^agent {6}triage: .*\n {2}--provider\n/s);
  const { stdout } = forge(["plan", "show", "--json", plan]);
  assert.equal(JSON.parse(stdout).agent, "triage");
  assert.equal(forge(["plan", "check", "-"], stdout).status, 0);
});

test("a plan folder is made, and is a plan itself", () => {
  writeFileSync(join(folder, "launch"), "#!/bin/bash -p\n");
  assert.equal(forge(["plan", "build", plan, "made", "--launcher", "launch"]).status, 0);
  assert.equal(forge(["plan", "check", "made"]).status, 0);
});

test("help of a command, whichever comes first", () => {
  for (const args of [
    ["up", "-h"],
    ["-h", "up"],
    ["--help", "up"],
    ["help", "up"],
  ])
    assert.match(forge(args).stdout, /^Usage: forge up /, args.join(" "));
  assert.match(forge(["-h", "harness", "ls"]).stdout, /^Usage: forge harness ls /);
  for (const args of [["-h"], ["--help"], ["help"]])
    assert.match(forge(args).stdout, /^Usage: forge \[options\]/);
});

const SHELL = { cwd: folder, encoding: "utf8" } as const;
const FULL = "the output: no space is left on the device";
for (const command of ["harness ls", "harness ls --json", "--help", "plan show PLAN"]) {
  const called = `"${process.execPath}" "${program}" ${command.replace("PLAN", plan)}`;
  test(`a full disk is an error of one message: forge ${command}`, () => {
    const { status, stderr } = spawnSync("sh", ["-c", `${called} >/dev/full`], SHELL);
    const [code, fix] = ["OUTPUT_UNWRITABLE", "make room, or write the output elsewhere"];
    const error = JSON.stringify({ error: { code, message: FULL, fix } });
    assert.equal(stderr, /json/.test(command) ? `${error}\n` : `${code}: ${FULL}\n  → ${fix}\n`);
    assert.equal(status, 1);
  });

  test(`a reader that leaves is no error: forge ${command}`, () => {
    const { stderr } = spawnSync("bash", ["-c", `${called} | true`], SHELL);
    assert.equal(stderr, "");
  });
}
