import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { shows } from "../runtime/terminal/engine/signs.ts";

/** `forge up` matches signs in JavaScript, the scripts beside a unit in bash: what only one of them knows is refused. */
const ONLY_JAVASCRIPT = /\\[^SsWwb.[\](){}*+?|^$\\/-]|\(\?|[*+?}][?+]/;

/** The expressions of a sign: one for each line that it spans. */
const partsOf = (pattern: string): readonly string[] => pattern.split("\\n");

const matchesInBash = (text: string, pattern: string): boolean => {
  const { status } = spawnSync("bash", ["-c", "[[ $1 =~ $2 ]]", "", text, pattern], {
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8" },
  });
  assert.ok(status === 0 || status === 1, `bash does not read ${pattern}`);
  return status === 0;
};

for (const { name, terminal } of HARNESSES) {
  test(`${name}: its signs mean the same to bash`, () => {
    const { ready, busy, login, permission, rateLimited, refused } = terminal;
    for (const sign of [ready, busy, login, permission, rateLimited, refused]) {
      if (!sign) continue;
      for (const pattern of partsOf("title" in sign ? sign.title : sign.screen)) {
        assert.doesNotMatch(pattern, ONLY_JAVASCRIPT);
        assert.equal(matchesInBash("", pattern), new RegExp(pattern).test(""), pattern);
      }
    }
  });
}

test("a character beyond ASCII, and one that is not blank, are the same in both", () => {
  for (const text of ["⠋ site", "x site", "── ⠧ Working", "──  Working"])
    for (const pattern of ["^[^ -~] ", "^── \\S Working"])
      assert.equal(matchesInBash(text, pattern), new RegExp(pattern).test(text), text);
});

test("a sign of several lines shows in lines that follow each other only, here and beside a unit", () => {
  const script = readFileSync(
    new URL("../runtime/terminal/terminal.bash", import.meta.url),
    "utf8",
  );
  const showsInBash = (screen: string, pattern: string): boolean => {
    const set = 'mapfile -t screen <<<"$1"; shows "screen:$2"';
    const { status } = spawnSync("bash", ["-c", `${script}\n${set}`, "", screen, pattern]);
    return status === 0;
  };
  const pattern = "^[0-9]+ files?\\n^> Type";
  for (const [screen, expected] of [
    ["1 file\n> Type here", true],
    ["top\n12 files (more)\n> Type here\nfoot", true],
    ["1 file\n\n> Type here", false],
    ["1 file\n ? Trust\n> Type here", false],
    ["> Type here\n1 file", false],
  ] as const) {
    assert.equal(shows({ title: "", screen }, { screen: pattern }), expected, screen);
    assert.equal(showsInBash(screen, pattern), expected, `bash: ${screen}`);
  }
});
