import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { plain } from "./print.ts";
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
