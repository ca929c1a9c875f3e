import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { find, repository } from "./find.ts";
import { prepare, SETUP } from "./lab.ts";

/** The tier that needs real Nix and nixpkgs: whole systems evaluate, and what forge makes is built. */
const found = await find();
if ("needs" in found) {
  process.stdout.write(`SKIPPED test:nixos: needs ${found.needs}\n`);
} else {
  const setup = await prepare(found);
  const only = process.argv.slice(2);
  const files = globSync("tests/nixos/cases/*.ts", { cwd: repository }).filter(
    (file) => only.length === 0 || only.some((name) => file.includes(name)),
  );
  try {
    const { status } = spawnSync(process.execPath, ["--test", ...files.sort()], {
      cwd: repository,
      env: { ...process.env, [SETUP]: JSON.stringify(setup) },
      stdio: "inherit",
    });
    process.exitCode = status ?? 1;
  } finally {
    await rm(setup.tree, { recursive: true });
  }
}
