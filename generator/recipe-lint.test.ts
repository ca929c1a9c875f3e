import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lintRecipe } from "./recipe-lint.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-lint-"));
after(() => rmSync(folder, { recursive: true }));

const lint = (argv: string): void => {
  writeFileSync(
    join(folder, "harness.ts"),
    `export const x = defineHarness({\n  options: a ? b : c,\n  argv: (a) => ${argv},\n});`,
  );
  lintRecipe(folder, "harness.ts");
};

for (const [argv, choice] of [
  ["given(a.effort, (l) => (l ? ['x', l] : ['y']))", "?:"],
  ["each(a.skills, (n) => n && ['a'])", "&&"],
  ["{ if (a.model) return []; return ['x']; }", "if"],
  ["[a.model === 'x' ]", "==="],
  ["[!a.flag]", "!"],
  ["[a.model ?? 'x']", "??"],
]) {
  test(`refuses ${choice} in a builder, with its line`, () =>
    assert.throws(
      () => lint(argv ?? ""),
      new RegExp(`harness\\.ts:3: .${choice?.replace(/[?|]/g, "\\$&")}.`),
    ));
}

test("leaves the options of a recipe and its builders' own functions alone", () =>
  lint("[...when(a.flag, ['x'])]"));
