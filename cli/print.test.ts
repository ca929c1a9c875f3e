import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { painted, plain } from "./print.ts";
import { table } from "./table.ts";

const here = dirname(fileURLToPath(import.meta.url));

const OUTSIDE: { readonly [what: string]: readonly [text: string, shown: string] } = {
  "OSC 52 sets the clipboard": ["a\x1b]52;c;ZXZpbA==\x07b", "a\\x1b]52;c;ZXZpbA==\\x07b"],
  "a title, by the 8-bit OSC": ["\x9d2;evil\x9c", "\\x9d2;evil\\x9c"],
  "the screen is cleared, by the 8-bit CSI": ["\x9b2J", "\\x9b2J"],
  "a line is written over": ["failed\rstarted", "failed\\x0dstarted"],
  "letters are taken back": ["bad\b\b\bgood", "bad\\x08\\x08\\x08good"],
  "text runs backwards": ["\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"],
  "DEL and NUL": ["\x7f\0", "\\x7f\\x00"],
  "half a character": ["\ud83d", "\\ud83d"],
};

for (const [what, [text, shown]] of Object.entries(OUTSIDE)) {
  test(`text from outside cannot do this to a terminal: ${what}`, () => {
    assert.equal(plain(text), shown);
  });
}

test("what is no command to a terminal stays as it is", () => {
  const text = "π\tjust text, with 漢字 and 🙂\n  → twice\n";
  assert.equal(plain(text), text);
  assert.equal(plain("a line of another system\r\n"), "a line of another system\n");
});

test("a line of the screen cannot act on the terminal, nor make another line", () => {
  assert.equal(painted(["a\x1b[2Jb\rc\nd\te"]), "\x1b[Ha\\x1b[2Jb\\x0dc d e\x1b[K\x1b[J");
});

test("a cell of a table cannot make a row", () => {
  assert.equal(
    table({ NAME: ({ name }) => name }, [{ name: "a\nroot  running" }]).split("\n").length,
    3,
  );
});

test("errors, lines and JSON of the command are made plain", () => {
  const forge = (...args: readonly string[]) => {
    const options = { encoding: "utf8", cwd: here } as const;
    return spawnSync(process.execPath, [join(here, "forge.ts"), ...args], options);
  };
  const error = forge("plan", "check", "/nowhere\x1b]2;evil\x07");
  assert.match(error.stderr, /^PLAN_UNREADABLE: .*nowhere\\x1b\]2;evil\\x07/);
  const misuse = forge("plna\x1b[2J");
  assert.match(misuse.stderr, /^USAGE: .*plna\\x1b\[2J/);
  const plan = readFileSync(join(here, "../tests/golden/pi/plan.json"), "utf8");
  const role = { ...JSON.parse(plan).env, WORD: "\x9b2J\u202e" };
  const input = JSON.stringify({ ...JSON.parse(plan), env: role });
  const show = (...flags: readonly string[]) => {
    const args = [join(here, "forge.ts"), "plan", "show", ...flags, "-"];
    return spawnSync(process.execPath, args, { input, encoding: "utf8" }).stdout;
  };
  assert.match(show(), /\\x9b2J\\u202e/);
  assert.match(show("--json"), /\\u009b2J\\u202e/);
  assert.equal(JSON.parse(show("--json")).env.WORD, "\x9b2J\u202e");
});

test("nothing of the command writes past print.ts", () => {
  const files = globSync("**/*.ts", { cwd: here }).filter((file) => !/\.test\.ts$/.test(file));
  assert.ok(files.length > 30);
  const writes = /process\.std(out|err)\.write|\bconsole\./;
  const writing = files.filter((file) => writes.test(readFileSync(join(here, file), "utf8")));
  assert.deepEqual(writing, ["print.ts"]);
});

test("a table fits the terminal: the widest cells are cut, the first column never", () => {
  const row = {
    name: "a-rather-long-name-of-24",
    what: "x".repeat(60),
    path: `/${"y".repeat(29)}z`,
  };
  const columns = {
    NAME: ({ name }: typeof row) => name,
    WHAT: ({ what }: typeof row) => what,
    PATH: ({ path }: typeof row) => path,
  };
  for (const limit of [120, 80, 60, 40]) {
    const lines = table(columns, [row], limit).trimEnd().split("\n");
    for (const text of lines) assert.ok(text.length <= limit, `${limit}: ${text}`);
    assert.match(lines[1] ?? "", /^a-rather-long-name-of-24 {2}x+…? {2}(\/|…)y+z$/);
    assert.equal(lines[1]?.includes("…"), limit < 120);
  }
  assert.match(table(columns, [row], 10), /^NAME .*\na-rather-long-name-of-24 {2}xxx… {2}…yyz\n$/);
  assert.equal(table(columns, [row]).split("\n")[1]?.length, 24 + 60 + 31 + 4);
});
