import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import * as z from "zod";
import { installAgent } from "../../tests/launcher-lab.ts";

let root = "";
let at = (_: string): string => "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "forge-workspaces-")));
  at = (path) => join(root, path);
  const say = `#!${process.execPath}\nprocess.stdout.write(JSON.stringify(process.argv.slice(2)));`;
  writeFileSync(at("harness"), say, { mode: 0o755 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A checkout, and a worktree that is linked to it, as git lays them. */
function checkout(): void {
  for (const folder of ["main/.git/worktrees/linked", "linked/deep/er"])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("main/.git/worktrees/linked/commondir"), "../..\n");
  writeFileSync(at("linked/.git"), `gitdir: ${at("main/.git/worktrees/linked")}\n`);
}

const trust = { flag: "-t", before: "p={", each: "{workspace}=1", after: "}" };
const seed = { "state.json": { projects: { $workspaces: { trusted: { $over: true }, n: 1 } } } };
const Seeded = z.object({ projects: z.record(z.string(), z.unknown()) });

let plans = 0;
async function start(workdir: string) {
  const fields = { argv: [at("harness"), "-a"], workdir, trust, seed };
  const program = await installAgent(root, fields, at(`plan-${plans++}`));
  const output = execFileSync(program, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [flag, list = "", ...others] = z.array(z.string()).parse(JSON.parse(output));
  assert.deepEqual([flag, others], ["-t", ["-a"]]);
  const { projects } = Seeded.parse(JSON.parse(readFileSync(at("state/state.json"), "utf8")));
  assert.match(list, /^p=\{.*\}$/);
  const trusted = JSON.parse(`{${list.slice(3, -1).replaceAll('"=1', '":1')}}`);
  return { trusted: Object.keys(trusted), projects };
}

const seeded = { trusted: true, n: 1 };

test("a workspace is trusted by its name, its real path, its checkout and the main checkout", async () => {
  checkout();
  symlinkSync(at("linked/deep"), at("link"));
  const names = [at("link/er"), at("linked/deep/er"), at("linked"), at("main")];
  const { trusted, projects } = await start(at("link/er"));
  assert.deepEqual(trusted, names);
  assert.deepEqual(projects, Object.fromEntries(names.map((name) => [name, seeded])));
});

test("paths with any characters are quoted", async () => {
  for (const name of [
    'a "b"',
    "it's",
    "back\\slash",
    "a\nb",
    "tab\t",
    "$HOME &",
    "ü",
    "{workspace}",
  ]) {
    mkdirSync(at(name));
    assert.deepEqual((await start(at(name))).trusted, [at(name)]);
  }
});

test("what the harness wrote stays, but for the trust", async () => {
  mkdirSync(at("state"), { mode: 0o700 });
  mkdirSync(at("w"));
  const before = { projects: { [at("w")]: { trusted: false, n: 2, own: "x" }, "/other": 1 }, z: 1 };
  writeFileSync(at("state/state.json"), JSON.stringify(before));
  const { projects } = await start(at("w"));
  assert.deepEqual(projects, { [at("w")]: { trusted: true, n: 2, own: "x" }, "/other": 1 });
});

const ODD: { readonly [what: string]: () => void } = {
  "a pipe": () => void execFileSync("mkfifo", [at("linked/.git")]),
  "no gitdir": () => writeFileSync(at("linked/.git"), "hello\n"),
  "a gitdir that is not there": () => writeFileSync(at("linked/.git"), "gitdir: /nowhere\n"),
  "no line": () => writeFileSync(at("linked/.git"), "gitdir: "),
  bytes: () => writeFileSync(at("linked/.git"), "gitdir: \0\u0001\n"),
  "a submodule": () => {
    mkdirSync(at("super/.git/modules/linked"), { recursive: true });
    writeFileSync(at("linked/.git"), `gitdir: ${at("super/.git/modules/linked")}\n`);
  },
  "a link to itself": () => symlinkSync(".git", at("linked/.git")),
};
test("whatever lies where git keeps its folder, the agent starts", async () => {
  for (const lay of Object.values(ODD)) {
    rmSync(at("linked"), { recursive: true, force: true });
    mkdirSync(at("linked"));
    lay();
    const { trusted } = await start(at("linked"));
    assert.deepEqual(trusted, [at("linked")]);
  }
});
