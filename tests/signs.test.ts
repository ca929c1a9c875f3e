import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { excerptOf } from "../runtime/terminal/engine/excerpt.ts";
import { isReady, shows, stateSeen } from "../runtime/terminal/engine/signs.ts";
import { SIGNS } from "../schema/plan.ts";
import {
  EXCERPT_CASES,
  SIGN_CASES,
  START_CASES,
  START_SIGNS,
} from "../schema/sign-matching-cases.ts";
import { holdsInBash, inBash, inTerminalBash, stateInBash } from "./terminal-bash.ts";

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

for (const { what, title = "", screen, state, text = "" } of START_CASES) {
  test(`before the first prompt ${what} is ${state ?? "nothing known"}, here and beside a unit`, () => {
    const seen = stateSeen({ title, screen }, START_SIGNS, true);
    assert.deepEqual(seen, state && { state, text });
    assert.deepEqual(stateInBash({ title, screen }, START_SIGNS), seen);
  });
}

for (const { what, screen, excerpt } of EXCERPT_CASES) {
  test(`an excerpt of ${what} is the same here and beside a unit`, () => {
    const mine = excerptOf(screen);
    if (excerpt) assert.deepEqual(mine, excerpt);
    assert.ok(mine.length <= 20 && Buffer.byteLength(JSON.stringify(mine)) <= 3002);
    const { stdout } = inTerminalBash('excerpt "${screen[@]}"; printf %s "$said"', { screen });
    assert.deepEqual(JSON.parse(stdout), mine);
  });
}
