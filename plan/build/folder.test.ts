import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { samplePlan } from "../../tests/launcher-lab.ts";
import { buildPlanFolder } from "./folder.ts";

const root = mkdtempSync(join(tmpdir(), "forge-plan-folder-"));
after(() => rmSync(root, { recursive: true }));

test("files are rendered in their formats; a field of TOML without a value is left out", async () => {
  const files = {
    "a.json": { json: { b: null, a: { é: 1 } } },
    "b.toml": {
      toml: { unset: null, table: { n: 1, unset: null }, list: [{ unset: null, x: "" }] },
    },
    "c.md": { text: "as it is" },
  };
  const [out, launcher] = [join(root, "out"), join(root, "launch")];
  writeFileSync(launcher, "#!/bin/bash -p\n");
  await buildPlanFolder({ plan: samplePlan("/state", { files }), out, launcher });
  const written = (path: string): string => readFileSync(join(out, "home", path), "utf8");
  assert.equal(written("a.json"), '{\n  "a": {\n    "é": 1\n  },\n  "b": null\n}\n');
  assert.equal(written("b.toml"), '[table]\nn = 1\n\n[[list]]\nx = ""\n');
  assert.equal(written("c.md"), "as it is");
});

test("a seed takes the end of a variable, and leaves that of a secret to the launcher", async () => {
  const tail = (name: string) => ({ $credentialTail: { name, length: 5 } });
  const [out, launcher] = [join(root, "tails"), join(root, "launch")];
  writeFileSync(launcher, "#!/bin/bash -p\n");
  const plan = samplePlan("/state", {
    env: { LONG: "0123456789é", SHORT: "abc", EMPTY: "" },
    credentials: { SECRET: { source: "/x", delivery: "env" } },
    seed: { "a.json": { keys: ["LONG", "SHORT", "EMPTY", "SECRET"].map(tail) } },
  });
  await buildPlanFolder({ plan, out, launcher });
  assert.deepEqual(JSON.parse(readFileSync(join(out, "seed/a.json"), "utf8")), {
    keys: ["6789é", "abc", "", tail("SECRET")],
  });
});
