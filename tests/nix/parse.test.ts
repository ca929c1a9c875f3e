import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = globSync("{*,{modules,nix,deployments,tests}/**/*}.nix", { cwd: root });

test(`every Nix file parses (${files.length})`, () => {
  assert.ok(files.length > 5);
  for (const file of files)
    execFileSync("nix-instantiate", ["--parse", file], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
});
