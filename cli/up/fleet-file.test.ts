import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as z from "zod";
import { defineFleet } from "../../harnesses/fleet.ts";
import type { ForgeError } from "../../schema/errors.ts";
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

const EXAMPLE =
  /import \{ defineFleet \} from "@forge-agents\/forge"; export default defineFleet\(/;

const refusals = [
  ["none.ts", undefined, /none\.ts cannot be read: no such file$/],
  ["sub/none.ts", undefined, /sub\/none\.ts cannot be read: no such file$/],
  [
    "syntax.ts",
    "export default {",
    /syntax\.ts cannot be loaded: .*Unexpected token .*\/syntax\.ts:1:16$/,
  ],
  ["throws.ts", 'throw new Error("no key")', /throws\.ts cannot be loaded: Error: no key/],
  [
    "missing.ts",
    'import "./nowhere.ts"',
    /missing\.ts cannot be loaded: Error: Cannot find module/,
  ],
  ["empty.ts", "export const fleet = 1;", /empty\.ts exports no fleet: it has no default export$/],
  ["nothing.ts", "", /nothing\.ts exports no fleet: it has no default export$/],
  [
    "number.ts",
    "export default 5;",
    /number\.ts exports no fleet: its default export is no object$/,
  ],
  [
    "null.ts",
    "export default null;",
    /null\.ts exports no fleet: its default export is no object$/,
  ],
  [
    "call.ts",
    "export default () => ({});",
    /call\.ts exports no fleet: its default export is no object$/,
  ],
  ["fleet.json", "{}", /fleet\.json is no fleet file: expected a file whose name ends in \.ts, /],
  ["fleet.yaml", "agents:", /fleet\.yaml is no fleet file: /],
  ["fleet", "", /fleet is no fleet file: /],
] as const;

for (const [name, content, message] of refusals) {
  test(`refused: ${name}`, async () => {
    const path = content === undefined ? join(folder, name) : await file(name, content);
    await assert.rejects(loadFleetFile(path), { code: "FLEET_INVALID", message, fix: EXAMPLE });
    await assert.rejects(loadFleetFile(path), ({ message: text, fix }: ForgeError) => {
      assert.ok(text.startsWith(folder), "the whole path is named");
      return !`${text}${fix}`.includes("\n");
    });
  });
}

test("refused: a directory, with the command for a fleet file in it", async () => {
  const directory = join(folder, "bad.ts");
  await mkdir(directory);
  const message = /bad\.ts is a directory, and no fleet file$/;
  await assert.rejects(loadFleetFile(directory), { code: "FLEET_INVALID", message, fix: EXAMPLE });
  await file("bad.ts/fleet.mts", "");
  await assert.rejects(loadFleetFile(directory), {
    message,
    fix: `forge up ${directory}/fleet.mts`,
  });
});
