import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { QUIET } from "./environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = globSync("{*,{modules,nix,deployments,tests}/**/*}.nix", { cwd: root });

test(`every Nix file parses (${files.length})`, () => {
  assert.ok(files.length > 5);
  for (const file of files) {
    const { status, stderr } = spawnSync("nix-instantiate", ["--parse", file], {
      cwd: root,
      env: QUIET,
      encoding: "utf8",
    });
    assert.deepEqual([stderr, status], ["", 0], file);
  }
});
