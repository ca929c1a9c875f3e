import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isScript, joinParts } from "./render.ts";
import scripts from "./scripts.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));

for (const [name, { tools }] of Object.entries(scripts)) {
  test(`${name} names exactly the programs that scripts.json lists`, () => {
    assert.ok(isScript(name));
    const named = [...joinParts(name).matchAll(/@([a-z0-9_]+)@/g)].map(([, tool]) => tool);
    assert.deepEqual([...new Set(named)].toSorted(), tools.toSorted());
  });
}

test("every part of the launcher is in it once", () => {
  const files = globSync("runtime/launcher/*.{bash,jq}", { cwd: root });
  const { parts, texts } = scripts.launch;
  assert.deepEqual([...parts, ...Object.values(texts)].toSorted(), files.toSorted());
});
