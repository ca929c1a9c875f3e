import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inWords, lowDiskOf, lowDisks } from "./low-disk.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-disk-"));
after(() => rmSync(folder, { recursive: true }));

test("a directory that is not there yet is looked at where it will be", () => {
  const low = lowDiskOf(join(folder, "not/yet"), 101);
  assert.equal(low?.path, folder);
  assert.ok(low.left >= 0 && low.left <= 100 && low.free >= 0);
  assert.equal(lowDiskOf(folder, 0), undefined);
});

test("people are told where, how much, and what to do", () => {
  const low = { path: "/srv/a", left: 4, free: 120 * 2 ** 20 } as const;
  assert.equal(
    inWords({ ...low, of: "space" }),
    "warning: the disk of /srv/a is nearly full: 4 % of the space is left (120M free)\n  → remove files, or agents will fail to write\n",
  );
  assert.match(inWords({ ...low, of: "files" }), /4 % of the files that it can have are left/);
});

test("a record that is missing, empty or no record warns of nothing", () => {
  const record = join(folder, "low");
  assert.deepEqual(lowDisks(record), []);
  for (const text of ["", "\n", "x\n", '{"path":1}\n', "[]\n"]) {
    writeFileSync(record, text);
    assert.deepEqual(lowDisks(record), []);
  }
  const low = { path: '/srv/a "b"', left: 0, of: "space", free: 0 };
  writeFileSync(record, `${JSON.stringify(low)}\n{"half\n`);
  assert.deepEqual(lowDisks(record), [low]);
});

const FILLED = `mount -t tmpfs -o size=1M lab "$1" && head -c 1M /dev/zero >"$1/fill"
  cp "$2" "$1/../fleet.mjs"; exec "\${@:3}" up "$1/../fleet.mjs" --state "$1/state"`;

test("forge up warns of the disk of its state directory", {
  skip: process.getuid?.() !== 0 && "needs root",
}, () => {
  const forge = [process.execPath, join(import.meta.dirname, "../forge.ts")];
  const fleet = join(folder, "from.mjs");
  writeFileSync(fleet, "export default { agents: {} };"); // it ends after the warning
  const full = mkdtempSync(join(folder, "full-"));
  const args = ["--mount", "bash", "-c", FILLED, "bash", full, fleet, ...forge];
  const { stderr } = spawnSync("unshare", args, { encoding: "utf8" });
  assert.match(stderr, /^warning: the disk of \/.*\/full-\w+ is nearly full: 0 % of the space/m);
  assert.match(stderr, /^FLEET_INVALID: /m);
});
