import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const empty = mkdtempSync(join(tmpdir(), "forge-skipped-"));
after(() => rmSync(empty, { recursive: true }));

/** On a machine with no programs and an empty home directory. */
const run = (file: string, path = empty) =>
  spawnSync(process.execPath, [join(repository, file)], {
    cwd: repository,
    env: { PATH: path, HOME: empty },
    encoding: "utf8",
  });

const isRoot = process.getuid?.() === 0 && process.arch === "x64";
const REMEDIES = {
  "tests/nix/run.ts":
    /^SKIPPED test:nix: needs nix-instantiate \(as root: apt-get install nix-bin\)$/,
  "tests/nixos/run.ts":
    /^SKIPPED test:nixos: needs checkouts of nixpkgs \(git clone --depth 1 https:\/\/\S+ ~\/\.cache\/forge\/nixpkgs, or set FORGE_NIXPKGS\), sops-nix \(/,
  "tests/harnesses/run.ts": isRoot
    ? /^SKIPPED test:harnesses: needs strace \(as root: apt-get install strace\)$/
    : /^SKIPPED test:harnesses: needs (root|Linux on x86-64)/,
};
for (const [file, line] of Object.entries(REMEDIES)) {
  test(`${file} names what it needs, and how to get it`, () => {
    const { status, stdout, stderr } = run(file);
    assert.match(stdout.trimEnd(), line);
    assert.deepEqual([stderr, status], ["", 0]);
  });
}

test("npm test says skipped of a tier that ran nothing, and passed of one that left something out", () => {
  const bin = join(empty, "bin");
  mkdirSync(bin);
  const npm = `#!/bin/sh
case $3 in
  test:nixos) echo "SKIPPED test:nixos: needs x" ;;
  test:lab) echo "SKIPPED test:lab of pi: needs y" ;;
  test:nix) exit 3 ;;
esac
`;
  writeFileSync(join(bin, "npm"), npm);
  chmodSync(join(bin, "npm"), 0o755);
  const { status, stdout } = run("scripts/test.ts", `${bin}:/usr/bin:/bin`);
  const [, summary = ""] = stdout.split("\n== all\n");
  assert.match(summary, /^skipped {2}test:nixos +\d+ s\n {8}SKIPPED test:nixos: needs x$/m);
  assert.match(summary, /^passed {3}test:lab +\d+ s\n {8}SKIPPED test:lab of pi: needs y$/m);
  assert.match(summary, /^passed {3}test:unit +\d+ s$/m);
  assert.match(summary, /^FAILED {3}test:nix +\d+ s$/m);
  assert.equal(status, 1);
});
