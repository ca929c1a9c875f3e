import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findHarness, type Where } from "./find-harness.ts";

const harness = {
  name: "sample",
  package: { nixpkgs: "sample", npm: "@forge/sample", bin: "smp", licence: "MIT", unfree: false },
  tested: "1.2.3",
};

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "forge-find-"));
  await mkdir(join(root, "project/node_modules/.bin"), { recursive: true });
  await mkdir(join(root, "project/node_modules/@forge/sample/dist"), { recursive: true });
  await mkdir(join(root, "project/deep/er"), { recursive: true });
  await mkdir(join(root, "build/bin"), { recursive: true });
  const program = join(root, "project/node_modules/@forge/sample/dist/cli.js");
  await writeFile(program, "", { mode: 0o755 });
  await writeFile(
    join(root, "project/node_modules/@forge/sample/package.json"),
    '{ "name": "@forge/sample", "version": "1.2.3" }',
  );
  await symlink("../@forge/sample/dist/cli.js", join(root, "project/node_modules/.bin/smp"));
  await writeFile(join(root, "build/bin/smp"), "", { mode: 0o755 });
  await writeFile(join(root, "build/package.json"), "{ // no JSON");
});
after(() => rm(root, { recursive: true }));

const find = (where: Partial<Where>) =>
  findHarness(harness, {
    given: undefined,
    flag: "--harness sample=",
    own: null,
    projects: [],
    path: "",
    ...where,
  });

test("an npm project is searched upwards, and the version read from the package", async () => {
  const projects = ["/nowhere", join(root, "project/deep/er")];
  assert.deepEqual(await find({ projects }), {
    bin: join(root, "project/node_modules/.bin/smp"),
    version: "1.2.3",
  });
});

test("the flag wins over the agent's package, and that over npm", async () => {
  const given = join(root, "project/node_modules/@forge/sample/dist/cli.js");
  const own = join(root, "build");
  const projects = [join(root, "project")];
  assert.deepEqual(await find({ given, own, projects }), { bin: given, version: "1.2.3" });
  assert.deepEqual(await find({ own, projects }), {
    bin: join(root, "build/bin/smp"),
    version: "unknown",
  });
});

test("a harness that needs a newer Node is refused before it starts", async () => {
  const folder = join(root, "new/node_modules/@forge/sample");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "cli.js"), "", { mode: 0o755 });
  const given = join(folder, "cli.js");
  const needing = (node: string) =>
    writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "@forge/sample", version: "9.0.0", engines: { node } }),
    );
  await needing(">=99.1");
  await assert.rejects(find({ given }), {
    code: "NODE_TOO_OLD",
    message: /^sample 9\.0\.0 needs Node 99\.1 or later; this is \d/,
  });
  for (const node of [">=18", `>= ${process.versions.node}`, "^99 || 98"]) {
    await needing(node);
    assert.equal((await find({ given })).version, "9.0.0");
  }
});

test("PATH comes last", async () => {
  const path = join(root, "build/bin");
  assert.equal((await find({ path })).bin, join(root, "build/bin/smp"));
  const projects = [join(root, "project")];
  assert.equal((await find({ path, projects })).version, "1.2.3");
});

test("a program of no package is asked for its version", async () => {
  const given = join(root, "alone");
  await writeFile(given, '#!/bin/sh\necho "sample-cli 4.5.6-rc.1 (a build)"\n', { mode: 0o755 });
  assert.equal((await find({ given, projects: [] })).version, "4.5.6-rc.1");
});

test("a program that does not say its version is not waited for", { timeout: 20_000 }, async () => {
  const given = join(root, "silent");
  await writeFile(given, "#!/bin/sh\nsleep 1000\n", { mode: 0o755 });
  assert.equal((await find({ given, projects: [] })).version, "unknown");
});

test("what is not there is named, with both ways out", async () => {
  const problem = {
    code: "HARNESS_NOT_FOUND",
    message: `sample: no program smp in an npm project around ${root}, or on PATH`,
    fix: "install it: npm install @forge/sample@1.2.3\n  → or say where it is: --harness sample=/path/to/smp",
  };
  await assert.rejects(find({ projects: [root] }), problem);
  const message = "sample: /nowhere/smp does not exist";
  const fix = "correct --harness sample=/nowhere/smp";
  await assert.rejects(find({ given: "/nowhere/smp" }), { message, fix });
  await assert.rejects(find({ given: root }), { message: `sample: ${root} is not a program` });
  const plain = join(root, "plain");
  await writeFile(plain, "");
  await assert.rejects(find({ given: plain }), { message: `sample: ${plain} is not executable` });
});
