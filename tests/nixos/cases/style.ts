import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import * as z from "zod";
import { repository } from "../find.ts";
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
  for (const name of [
    "enable",
    "defaultPackages",
    "agents.<name>.model",
    "agents.<name>.extraPackages",
  ])
    assert.ok(names.includes(`services.forge.${name}`), name);
});

test("docs/options.md has every option", async () => {
  const names = z
    .array(z.string())
    .parse(
      await lab.evaluate(
        `map (option: option.name) (import ${lab.tree}/nix/options.nix { inherit (tests) lib pkgs; })`,
      ),
    );
  const docs = readFileSync(join(repository, "docs/options.md"), "utf8");
  const isGroup = (name: string): boolean => names.some((other) => other.startsWith(`${name}.`));
  const documented = (name: string): string =>
    `\`${name.replace(/^(services\.forge\.harnesses)\.[^.]+/, "$1.<harness>")}\``;
  assert.ok(names.length > 50);
  assert.deepEqual(
    names.filter((name) => !isGroup(name) && !docs.includes(documented(name))),
    [],
  );
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
