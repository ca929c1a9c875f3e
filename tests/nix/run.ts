import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

/** The tier that any Nix can run, even Debian's 2.8: parsing, and plans by builtins alone. */
const found = spawnSync("nix-instantiate", ["--version"]).status === 0;
if (!found) {
  process.stdout.write(
    "SKIPPED test:nix: needs nix-instantiate (as root: apt-get install nix-bin)\n",
  );
} else {
  const files = globSync("tests/nix/*.test.ts");
  const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
