import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "forge-fixture-"));
after(() => rmSync(copy, { recursive: true }));

const RECIPE = `
import * as z from "zod";
import { defineHarness, t, when } from "../../schema/recipe/index.ts";

export const fixture = defineHarness({
  name: "fixture",
  package: { nixpkgs: "hello", npm: "fixture", bin: "fixture", licence: "MIT", unfree: false },
  options: z.strictObject({
    loud: z.boolean().default(false).meta({ description: "Whether it shouts." }),
  }),
  terminal: {
    ready: { screen: "^>" },
    busy: { screen: "…" },
    login: null,
    permission: null,
    rateLimited: null,
    clear: [],
    quit: "/bye",
    submitDelay: 0,
  },
  adapter: null,
  hardening: { jit: false },
  assets: [],
  resume: [],
  rules: () => [],
  argv: (a) => ["--model", a.model, ...when(a.options.loud, ["--loud"])],
  env: (a) => ({ FIXTURE_HOME: t\`\${a.home}/fixture\` }),
  files: (a) => ({ "fixture/role.md": { text: a.role } }),
  seed: () => ({}),
  headless: (a) => ({ prompt: "argument", argv: [a.bin, "-p"], env: {} }),
  acp: () => null,
  stub: () => ({ model: "m", secret: "KEY", options: {} }),
});
`;

/** The three places that a new harness touches, and nothing else. */
function addFixture(): void {
  for (const part of [
    "schema",
    "harnesses",
    "generator",
    "modules",
    "cli",
    "runtime",
    "tests",
    "docs",
    "package.json",
  ]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, "harnesses/fixture"));
  writeFileSync(join(copy, "harnesses/fixture/harness.ts"), RECIPE);
  const registry = join(copy, "harnesses/registry.ts");
  const listed = readFileSync(registry, "utf8")
    .replace("\n\n", '\nimport { fixture } from "./fixture/harness.ts";\n\n')
    .replace("[claudeCode, ", "[claudeCode, fixture, ");
  writeFileSync(registry, listed);
  mkdirSync(join(copy, "tests/golden/fixture"));
  const agent = {
    role: "You are a fixture.",
    harness: "fixture",
    model: "m",
    fixture: { loud: true },
  };
  writeFileSync(
    join(copy, "tests/golden/fixture/fleet.json"),
    JSON.stringify({ agents: { one: agent } }),
  );
}

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(process.execPath, args, {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
  });

test("a new harness is one folder, one registry line and one golden folder", (context) => {
  addFixture();
  assert.match(run(["cli/forge.ts", "generate"]), /modules\/harnesses\/fixture\.nix/);
  assert.match(readFileSync(join(copy, "modules/generated/agent.nix"), "utf8"), /"fixture"/);
  assert.match(
    readFileSync(join(copy, "docs/options.md"), "utf8"),
    /agents\.<name>\.fixture\.loud/,
  );
  run(["--test", "tests/golden.test.ts"], { UPDATE_GOLDEN: "1" });
  assert.match(readFileSync(join(copy, "tests/golden/fixture/plan.json"), "utf8"), /"--loud"/);
  run(["cli/forge.ts", "generate", "--check"]);
  const covered = run([
    "--test",
    "--test-reporter=tap",
    "tests/golden.test.ts",
    "tests/boundaries.test.ts",
  ]);
  assert.match(covered, /ok \d+ - fixture: the representative agent has its golden plan/);
  if (spawnSync("nix-instantiate", ["--version"]).status !== 0) {
    context.diagnostic("SKIPPED equal plans of the fixture: needs nix-instantiate");
    return;
  }
  const equal = [
    "--test",
    "--test-reporter=tap",
    "--test-name-pattern=^fixture",
    "tests/nix/equal.test.ts",
  ];
  assert.match(run(equal), /ok \d+ - fixture: 300 random agents have the same plan/);
});
