import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "forge-new-harness-"));
after(() => rmSync(copy, { recursive: true }));
cpSync(root, copy, {
  recursive: true,
  filter: (path) => ![".git", "node_modules", "dist"].includes(basename(path)),
});
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

function attempt(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = process.execPath) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
  });
  return { status, stdout, stderr };
}

function run(...call: Parameters<typeof attempt>): string {
  const { status, stdout, stderr } = attempt(...call);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** As the docs say it, on a machine whose own Node may be older. */
function npm(...args: readonly string[]): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const PATH = folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
  return run(["run", "--silent", ...args], { PATH }, "npm");
}

const tool = (name: string, ...args: readonly string[]): string =>
  run(args, {}, join(copy, "node_modules/.bin", name));
const read = (path: string): string => readFileSync(join(copy, path), "utf8");
const create = (name: string) => attempt(["cli/forge.ts", "harness", "new", name]);

test("a name that cannot be used, or is, writes nothing", () => {
  const registry = read("harnesses/registry.ts");
  const cases: readonly (readonly [name: string, problem: string])[] = [
    ["Foo", "RECIPE_INVALID: Foo: the name cannot be used\n  → use a-z, 0-9 and -\n"],
    [
      "model",
      "RECIPE_INVALID: model: every agent has a field of that name\n  → choose another name\n",
    ],
    ["new", "RECIPE_INVALID: new: a reserved word of JavaScript\n  → choose another name\n"],
    [
      "pi",
      "OUTPUT_UNWRITABLE: harnesses/pi: it exists\n  → choose another name, or edit the harness that is there\n",
    ],
  ];
  for (const [name, problem] of cases) {
    assert.deepEqual(create(name), { status: 1, stdout: "", stderr: problem });
  }
  assert.equal(read("harnesses/registry.ts"), registry);
});

test("a new harness is one folder, one registry line and one golden folder", () => {
  const stdout = npm("forge", "harness", "new", "my-tool");
  assert.match(
    stdout,
    /^harnesses\/my-tool\/harness\.ts\nharnesses\/my-tool\/README\.md\nharnesses\/registry\.ts\ntests\/golden\/my-tool\/fleet\.json\n\nnext/,
  );
  assert.match(read("harnesses/registry.ts"), /\[.*, myTool, .*\] as const/);
  assert.match(npm("generate"), /modules\/harnesses\/my-tool\.nix/);
  assert.match(read("modules/generated/agent.nix"), /"my-tool"/);
  assert.match(read("docs/options.md"), /agents\.<name>\.my-tool\.baseUrl/);
  npm("update:golden");
  assert.match(read("tests/golden/my-tool/plan.json"), /"MY_TOOL_BASE_URL"/);
  npm("generate", "--", "--check");
  assert.match(npm("forge", "--", "harness", "ls", "--json"), /"name": "my-tool"/);
  tool("tsc", "--noEmit");
  tool("biome", "ci", "--error-on-warnings", "--vcs-enabled=false", "harnesses");
  const covered = ["tests/golden.test.ts", "tests/boundaries.test.ts"];
  assert.match(
    run(["--test", "--test-reporter=tap", ...covered]),
    /ok \d+ - my-tool: the representative agent has its golden plan/,
  );
});

const hasNix = spawnSync("nix-instantiate", ["--version"]).status === 0;
test("a new harness has the same plans in Nix", {
  skip: !hasNix && "needs nix-instantiate",
}, () => {
  const only = ["--test", "--test-reporter=tap", "--test-name-pattern=^my-tool"];
  assert.match(
    run([...only, "tests/nix/equal.test.ts"]),
    /ok \d+ - my-tool: 300 random agents have the same plan/,
  );
});
