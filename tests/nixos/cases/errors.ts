import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { expectGolden } from "../../golden.ts";
import { repository } from "../find.ts";
import { openLab } from "../lab.ts";

const lab = openLab();

/** The message without Nix's trace of itself, store hashes and the place of this tree. */
const plain = (stderr: string): string => {
  const [, message = stderr] = /.*^ *error:\s+(.*)/ms.exec(stderr) ?? [];
  return `${message
    .replace(/\n +(at .*:\d+:\d+:\n( +(\d+)?\|.*\n?)+)/g, "\n")
    .replaceAll(lab.tree, "<forge>")
    .replace(/\/nix\/store\/[a-z0-9]{32}-/g, "/nix/store/<hash>-")
    .split("\n")
    .map((line) => line.replace(/^ {7}/, "").trimEnd())
    .join("\n")
    .trim()}\n`;
};

for (const file of globSync("tests/nixos/bad/*.nix", { cwd: repository }).sort()) {
  const name = basename(file, ".nix");
  if (name === "base") continue;
  test(`refused: ${name}`, async () => {
    const attempt = lab.evaluate(`(tests.bad "${name}").config.system.build.toplevel.drvPath`);
    const error = await attempt.then(() => undefined, String);
    assert.ok(error, "the system evaluates");
    expectGolden(join("errors-nixos", `${name}.txt`), plain(error));
  });
}

test("refused: nothing, without a mistake", async () => {
  const path = await lab.evaluate('(tests.bad "base").config.system.build.toplevel.drvPath');
  assert.match(String(path), /^\/nix\/store\/.*\.drv$/);
});
