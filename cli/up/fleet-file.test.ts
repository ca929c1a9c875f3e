import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as z from "zod";
import { defineFleet } from "../../harnesses/fleet.ts";
import { defineHarness } from "../../schema/recipe/index.ts";
import { loadFleetFile } from "./fleet-file.ts";

const folder = await mkdtemp(join(tmpdir(), "forge-fleet-"));
after(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

test("a fleet file far from forge, in a project of CommonJS, imports forge and has types", async () => {
  await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }');
  const path = await file(
    "fleet.ts",
    `import { defineFleet } from "@forge-agents/forge";
     import { role } from "./role.mts";
     const name: string = "a";
     export default defineFleet({ agents: { [name]: { role } } });`,
  );
  await file("role.mts", 'export const role: string = "You help.";');
  assert.deepEqual(await loadFleetFile(path), { agents: { a: { role: "You help." } } });
});

test("a harness of the fleet's own shares our recipe language and our zod", async () => {
  const path = await file(
    "own.ts",
    `import { defineFleet } from "@forge-agents/forge";
     import { defineHarness, z } from "@forge-agents/forge/recipe";
     import * as theirs from "zod";
     export default [defineFleet, defineHarness, z.string, theirs.string];`,
  );
  const ours = [defineFleet, defineHarness, z.string, z.string];
  assert.deepEqual(await loadFleetFile(path), ours);
});

const refusals = [
  ["none.ts", undefined, /none\.ts cannot be read/],
  [
    "syntax.ts",
    "export default {",
    /^syntax\.ts cannot be loaded: .*Unexpected token .*\/syntax\.ts:1:16$/,
  ],
  ["throws.ts", 'throw new Error("no key")', /^throws\.ts cannot be loaded: Error: no key/],
  [
    "missing.ts",
    'import "./nowhere.ts"',
    /^missing\.ts cannot be loaded: Error: Cannot find module/,
  ],
  ["empty.ts", "export const fleet = 1;", /^empty\.ts exports no fleet/],
] as const;

for (const [name, content, message] of refusals) {
  test(`refused: ${name}`, async () => {
    const path = content === undefined ? join(folder, name) : await file(name, content);
    await assert.rejects(loadFleetFile(path), { code: "FLEET_INVALID", message });
  });
}
