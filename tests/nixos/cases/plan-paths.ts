import assert from "node:assert/strict";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import * as z from "zod";
import { openLab } from "../lab.ts";

const lab = openLab();
const Paths = z.record(z.string(), z.string());

/** Paths of all plan folders of tests/lab's fleet, made by the source in `tree`. */
async function planPaths(tree: string, edit = ""): Promise<z.output<typeof Paths>> {
  const folders = `builtins.mapAttrs (_: instance: instance.folder.outPath) (tests.system [
    (tests.fleet ${tree}/tests/lab/fleet.json) { ${edit} }
  ]).config.services.forge.instances`;
  return Paths.parse(await openLab({ ...lab.setup, tree }).evaluate(folders));
}

/** The same after a change of one file, in a copy of the source. */
async function planPathsAfter(file: string, text: string): Promise<z.output<typeof Paths>> {
  const tree = await mkdtemp("/tmp/forge-edited-");
  try {
    await cp(lab.tree, tree, { recursive: true });
    await readFile(join(tree, file)); // it must exist, or the edit proves nothing
    await appendFile(join(tree, file), text);
    return await planPaths(tree);
  } finally {
    await rm(tree, { recursive: true });
  }
}

const before = await planPaths(lab.tree);
const COMMENT = "\n// edited\n";

for (const file of [
  "cli/run.ts",
  "cli/commands/ps.ts",
  "generator/write.ts",
  "plan/interpret.ts",
  "runtime/stub-model/server.ts",
  "schema/agent.ts",
  "schema/error-catalogue.ts",
  "scripts/bundle.ts",
  "tests/boundaries.test.ts",
  "docs/architecture.md",
  "README.md",
]) {
  test(`an edit of ${file} changes no plan path`, async () => {
    assert.deepEqual(await planPathsAfter(file, COMMENT), before);
  });
}

test("a new version of the forge command changes no plan path", async () => {
  const tree = await mkdtemp("/tmp/forge-edited-");
  try {
    await cp(lab.tree, tree, { recursive: true });
    const manifest = await readFile(join(tree, "package.json"), "utf8");
    await writeFile(
      join(tree, "package.json"),
      manifest.replace(/"version": ".*"/, '"version": "9.9.9"'),
    );
    assert.deepEqual(await planPaths(tree), before);
  } finally {
    await rm(tree, { recursive: true });
  }
});

test("an edit of the plan's schema changes every plan path", async () => {
  const after = await planPathsAfter("schema/plan.ts", COMMENT);
  assert.deepEqual(Object.keys(after), Object.keys(before));
  for (const [agent, path] of Object.entries(before)) assert.notEqual(after[agent], path);
});

test("a change of one agent changes the plan path of that agent alone", async () => {
  const [changed = "", ...others] = Object.keys(before);
  const edit = `services.forge.agents.${changed}.environment.EDITED = "1";`;
  const after = await planPaths(lab.tree, edit);
  assert.notEqual(after[changed], before[changed]);
  for (const agent of others) assert.equal(after[agent], before[agent]);
});
