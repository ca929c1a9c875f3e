import assert from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { openLab } from "../lab.ts";

const lab = openLab();

const cached = join(homedir(), ".cache/forge/bin/nixfmt");
const nixfmt = process.env["FORGE_NIXFMT"] ?? (existsSync(cached) ? cached : "nixfmt");
const { exitCode } = await execa(nixfmt, ["--version"], { reject: false });

test("nixfmt has nothing to change", {
  skip: exitCode !== 0 && "needs nixfmt (FORGE_NIXFMT)",
}, async () => {
  const files = globSync("**/*.nix", { cwd: lab.tree });
  assert.ok(files.length > 10);
  const { stderr, failed } = await execa(nixfmt, ["--check", ...files], {
    cwd: lab.tree,
    reject: false,
  });
  assert.ok(!failed, stderr);
});

test("the options document themselves without looking at a package", async () => {
  const names = await lab.evaluate(
    `let
      options = import ${lab.tree}/nix/options.nix { inherit (tests) lib pkgs; };
    in
    # Every field is looked at, the default among them.
    builtins.deepSeq (builtins.toJSON options) (map (option: option.name) options)`,
  );
  assert.ok(Array.isArray(names));
  for (const name of ["enable", "tools", "agents.<name>.model", "agents.<name>.tools"])
    assert.ok(names.includes(`services.forge.${name}`), name);
});

test("every option says what it is", async () => {
  const silent = await lab.evaluate(
    `map (option: option.name) (
      builtins.filter (option: option.description or null == null)
        (import ${lab.tree}/nix/options.nix { inherit (tests) lib pkgs; })
    )`,
  );
  assert.deepEqual(silent, []);
});
