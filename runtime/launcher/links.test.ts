import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { installAgent } from "../../tests/launcher-lab.ts";

let root = "";
let agent = "";
const theirs = () => join(root, "person/.tool/auth.json");
const ours = () => join(root, "state/tool/auth.json");
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-links-"));
  agent = await installAgent(root, { links: { "tool/auth.json": theirs() } });
  mkdirSync(join(root, "person/.tool"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const start = (): void => {
  const { status, stderr } = spawnSync(agent, { encoding: "utf8", env: {} });
  assert.equal(status, 0, stderr);
};

test("what a person has is linked, and no longer once they have it no more", () => {
  writeFileSync(theirs(), "login");
  start();
  assert.equal(readlinkSync(ours()), theirs());
  assert.equal(readFileSync(ours(), "utf8"), "login");
  rmSync(theirs());
  start();
  assert.throws(() => lstatSync(ours()), { code: "ENOENT" });
});

test("what the agent has of its own stays, whatever the person has", () => {
  start();
  assert.equal(existsSync(ours()), false);
  writeFileSync(ours(), "its own");
  writeFileSync(theirs(), "login");
  start();
  assert.equal(readFileSync(ours(), "utf8"), "its own");
  assert.equal(readFileSync(theirs(), "utf8"), "login");
});
