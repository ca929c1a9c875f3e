import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";

/** `forge up` matches signs in JavaScript, the scripts beside a unit in bash: what only one of them knows is refused. */
const ONLY_JAVASCRIPT = /\\[^SsWwb.[\](){}*+?|^$\\/-]|\(\?|[*+?}][?+]/;

const matchesInBash = (text: string, pattern: string): boolean => {
  const { status } = spawnSync("bash", ["-c", "[[ $1 =~ $2 ]]", "", text, pattern], {
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8" },
  });
  assert.ok(status === 0 || status === 1, `bash does not read ${pattern}`);
  return status === 0;
};

for (const { name, terminal } of HARNESSES) {
  test(`${name}: its signs mean the same to bash`, () => {
    const { ready, busy, login, permission, rateLimited } = terminal;
    for (const sign of [ready, busy, login, permission, rateLimited]) {
      if (!sign) continue;
      const pattern = "title" in sign ? sign.title : sign.screen;
      assert.doesNotMatch(pattern, ONLY_JAVASCRIPT);
      assert.equal(matchesInBash("", pattern), new RegExp(pattern).test(""), pattern);
    }
  });
}

test("a character beyond ASCII, and one that is not blank, are the same in both", () => {
  for (const text of ["⠋ site", "x site", "── ⠧ Working", "──  Working"])
    for (const pattern of ["^[^ -~] ", "^── \\S Working"])
      assert.equal(matchesInBash(text, pattern), new RegExp(pattern).test(text), text);
});
