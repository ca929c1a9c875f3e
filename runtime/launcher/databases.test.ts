import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { installAgent, launcherTools } from "../../tests/launcher-lab.ts";

const { coreutils, sqlite3 } = launcherTools();
let root = "";
let agent = "";
let folder = "";
let database = "";

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-databases-"));
  agent = await installAgent(root, { databases: ["own/data.db"] });
  folder = join(root, "state/own");
  database = join(folder, "data.db");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What a start says. */
function start(): string {
  const { status, stderr } = spawnSync(agent, { encoding: "utf8", timeout: 10_000 });
  assert.equal(status, 0, stderr);
  return stderr;
}
const names = (): readonly string[] =>
  readdirSync(folder)
    .map((name) => name.replace(/-\d+\.\d+$/, "-TIME"))
    .toSorted();
const sql = (text: string): string =>
  execFileSync(sqlite3, [database, text], { encoding: "utf8" }).trim();

/** Some pages, of which the last are in the log only, as kill -9 leaves them. */
function fill(): void {
  mkdirSync(folder, { recursive: true });
  sql("pragma journal_mode = wal; create table t (a text); pragma wal_checkpoint");
  const rows = "insert into t select hex(randomblob(500)) from generate_series(1, 50);";
  const input = `${rows}\npragma wal_checkpoint;\n${rows}\n.system ${coreutils}/kill -9 $PPID\n`;
  spawnSync(sqlite3, [database], { input });
}
const logSize = (): number => statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0;

test("a database that is whole stays, with what only its log has", () => {
  assert.equal(start(), "", "there is none");
  fill();
  assert.ok(logSize() > 0);
  assert.equal(start(), "");
  assert.equal(sql("select count(*) from t"), "100");
  writeFileSync(database, "");
  assert.equal(start(), "", "an empty one is a new one");
});

test("a damaged one goes aside with its log, and says so", () => {
  const damages = {
    "cut in half": () => truncateSync(database, statSync(database).size >> 1),
    "cut to less than a page": () => truncateSync(database, 90),
    "overwritten at its begin": () => {
      rmSync(`${database}-wal`); // it has these pages too
      write(0);
    },
    "overwritten inside": () => write(4096 * 3),
  };
  for (const [damage, harm] of Object.entries(damages)) {
    rmSync(folder, { recursive: true, force: true });
    fill();
    assert.ok(logSize() > 0);
    harm();
    const content = readFileSync(database);
    assert.match(start(), /data\.db was in the way; it is now beside it, with \.corrupt-/, damage);
    assert.ok(names().includes("data.db.corrupt-TIME"), damage);
    assert.ok(!names().some((name) => name.startsWith("data.db-") && !name.includes(".corrupt")));
    const [kept = ""] = readdirSync(folder).filter((name) => name.startsWith("data.db.corrupt"));
    assert.ok(content.equals(readFileSync(join(folder, kept))), damage);
    assert.equal(start(), "");
  }
});

const write = (at: number): void => {
  const content = readFileSync(database);
  content.fill("garbage ", at, at + 8000);
  writeFileSync(database, content);
};

test("what is no file in the place of its parts does not stop a start", () => {
  mkdirSync(folder, { recursive: true });
  mkdirSync(database);
  execFileSync(`${coreutils}/mkfifo`, [`${database}-wal`]);
  execFileSync(`${coreutils}/ln`, ["-s", "/dev/zero", `${database}-shm`]);
  start();
  assert.deepEqual(names(), [
    "data.db-shm.displaced-TIME",
    "data.db-wal.displaced-TIME",
    "data.db.displaced-TIME",
  ]);
});
