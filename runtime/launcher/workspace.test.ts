import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcherTools } from "../../tests/launcher-lab.ts";
import { readAsset } from "../assets.ts";

const root = mkdtempSync(join(tmpdir(), "forge-workspace-"));
chmodSync(root, 0o755);
after(() => rmSync(root, { recursive: true, force: true }));

/** root may write everywhere, so as another user where that is who runs this. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function directory(name: string, { mode = 0o755, own = true } = {}): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  if (own && nobody.uid !== undefined) chownSync(path, nobody.uid, nobody.gid);
  chmodSync(path, mode);
  return path;
}

function enter(workdir: string) {
  const parts = ["failures", "workspace"].map((part) => readAsset(`runtime/launcher/${part}.bash`));
  const script = ["set -fu", "_workdir=$1", ...parts, "enter_workspace", "pwd"].join("\n");
  return spawnSync(launcherTools().bash, ["--norc", "-c", script, "part", workdir], {
    ...nobody,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
}

const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
    ...nobody,
    cwd,
    env: { PATH: process.env["PATH"], HOME: root },
  });

function worktreeOf(name: string): { readonly main: string; readonly tree: string } {
  const parent = directory(name);
  const main = join(parent, "main");
  git(parent, "init", "-q", main);
  git(main, "commit", "-q", "--allow-empty", "-m", "one");
  git(main, "worktree", "add", "-q", join(parent, "tree"));
  return { main, tree: join(parent, "tree") };
}

for (const name of ["plain", "with a space", "it's", 'a "quoted" $HOME #1', "größe"]) {
  test(`a workspace is entered: ${name}`, () => {
    const path = directory(name);
    const { status, stdout } = enter(path);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: `${path}\n` });
  });
}

test("a link to a workspace is one", () => {
  const path = join(root, "link");
  symlinkSync(directory("linked"), path);
  assert.equal(enter(path).status, 0);
});

for (const [what, path, code] of [
  ["is missing", () => join(root, "none"), "WORKSPACE_MISSING"],
  ["is a file", () => import.meta.filename, "WORKSPACE_MISSING"],
  ["may not be entered", () => directory("closed", { mode: 0o600 }), "WORKSPACE_MISSING"],
  ["is another's", () => directory("theirs", { own: false, mode: 0o555 }), "WORKSPACE_UNWRITABLE"],
  ["is read-only", () => directory("read-only", { mode: 0o555 }), "WORKSPACE_UNWRITABLE"],
] as const) {
  test(`refused: a workspace that ${what}`, () => {
    const { status, stderr } = enter(path());
    assert.equal(status, 78);
    assert.match(stderr, new RegExp(`^${code}: workspace: .*\n {2}→ .*\n$`));
  });
}

test("a linked worktree, and one reached by a link, is entered where its repository can be written", () => {
  const { tree } = worktreeOf("whole");
  const link = join(root, "tree link");
  symlinkSync(tree, link);
  for (const path of [tree, link]) {
    const { status, stderr } = enter(path);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  }
});

test("refused: a linked worktree whose repository cannot be written", () => {
  const { main, tree } = worktreeOf("closed repository");
  chmodSync(join(main, ".git"), 0o555);
  const { status, stderr } = enter(tree);
  assert.equal(status, 78);
  assert.match(stderr, /^WORKSPACE_UNWRITABLE: .*main\/\.git.*\n {2}→ .*writablePaths/);
});

test("a linked worktree whose repository is hidden starts, with a word about git", () => {
  const { main, tree } = worktreeOf("hidden repository");
  rmSync(main, { recursive: true });
  const { status, stderr } = enter(tree);
  assert.equal(status, 0);
  assert.match(stderr, /^WORKSPACE_FOREIGN: .*main\/\.git.*\n {2}→ .*writablePaths/);
});

test("a repository of another user starts, with a word about git", {
  skip: nobody.uid === undefined && "needs root",
}, () => {
  const path = directory("foreign");
  mkdirSync(join(path, ".git"));
  const { status, stderr } = enter(path);
  assert.equal(status, 0);
  assert.match(stderr, /^WORKSPACE_FOREIGN: .*\n {2}→ .*safe\.directory/);
});
