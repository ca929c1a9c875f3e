import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { isReady, shows } from "../runtime/terminal/engine/signs.ts";
import { SIGNS, type Sign } from "../schema/plan.ts";
import { SIGN_CASES } from "../schema/sign-matching-cases.ts";

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
    for (const sign of SIGNS.map((name) => terminal[name])) {
      if (!sign) continue;
      for (const pattern of partsOf("title" in sign ? sign.title : sign.screen)) {
        assert.doesNotMatch(pattern, ONLY_JAVASCRIPT);
        assert.equal(matchesInBash("", pattern), new RegExp(pattern).test(""), pattern);
      }
    }
  });
}

const script = readFileSync(new URL("../runtime/terminal/terminal.bash", import.meta.url), "utf8");

/** Whether this test of terminal.bash holds for a terminal that shows these. */
function holdsInBash(test: string, { title = "", screen = "" }, env: object = {}): boolean {
  const set = 'title=$1; mapfile -t screen <<<"$2"';
  const { status, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", `${script}\n${set}\n${test}`, "", title, screen],
    {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], LANG: "C.UTF-8", ...env },
    },
  );
  assert.equal(stderr, "");
  return status === 0;
}

const inBash = (sign: Sign): string =>
  "title" in sign ? `title:${sign.title}` : `screen:${sign.screen}`;

for (const { what, sign, title = "", screen = "", shows: expected } of SIGN_CASES) {
  test(`a sign of ${what} ${expected ? "shows" : "does not show"}, here and beside a unit`, () => {
    assert.equal(shows({ title, screen }, sign), expected);
    assert.equal(holdsInBash('shows "$SIGN"', { title, screen }, { SIGN: inBash(sign) }), expected);
  });
}

test("ready is the sign of readiness without that of a turn, here and beside a unit", () => {
  const signs = { ready: { title: "^idle" }, busy: { screen: "^Working" } };
  const env = { FORGE_READY: inBash(signs.ready), FORGE_BUSY: inBash(signs.busy) };
  for (const [title, screen, expected] of [
    ["idle", "> ", true],
    ["idle", "Working\n> ", false],
    ["busy", "> ", false],
  ] as const) {
    assert.equal(isReady({ title, screen }, signs), expected);
    assert.equal(holdsInBash("is_ready", { title, screen }, env), expected);
  }
});

test("a harness without a sign never shows it beside a unit", () => {
  assert.equal(holdsInBash('shows ""', { screen: "anything" }), false);
});
