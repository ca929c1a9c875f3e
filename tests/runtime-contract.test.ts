import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AGENT_NAME, AGENT_NAME_PATTERN } from "../schema/agent-name.ts";
import { PATHS } from "../schema/host-paths.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const SOURCES = globSync(["{schema,plan,runtime,cli,modules,nix}/**/*"], {
  cwd: root,
  withFileTypes: true,
})
  .filter((entry) => entry.isFile() && !/\.test\.ts$|\.(json|base64|md)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

/** A path of forge's on a host, up to a variable part such as an agent's name. */
const SPELLED = /(?<![\w.$}])\/(?:run|etc|var\/lib)\/forge(?:\/[\w.-]*)*/g;

const known = Object.values<string>(PATHS);
/** The path itself, or below a directory with an entry per agent. */
const isKnown = (path: string): boolean =>
  known.some((one) => path === one || path === `${one}/` || path.startsWith(`${one}/`));

/** `/run/forge/${what}.sock` and the like. */
const isBeginning = (path: string): boolean =>
  path.endsWith("/") && known.some((one) => one.startsWith(path));

test("every path of forge's in any language is one of schema/host-paths.ts", () => {
  const found = SOURCES.filter((file) => !file.endsWith("schema/host-paths.ts")).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(SPELLED)].map(([path]) => ({ file, path })),
  );
  assert.ok(found.length > 30);
  assert.deepEqual(
    found.filter(({ path }) => !isKnown(path) && !isBeginning(path)),
    [],
  );
});

test("TypeScript spells them in schema/host-paths.ts only", () => {
  const quoted = /["'`]\/(?:run|etc|var\/lib)\/forge[\w/.-]*["'`$]/;
  const spelling = SOURCES.filter((file) => file.endsWith(".ts"))
    .filter((file) => !file.endsWith("schema/host-paths.ts"))
    .filter((file) => quoted.test(readFileSync(file, "utf8")));
  assert.deepEqual(spelling, []);
});

const folder = mkdtempSync(join(tmpdir(), "forge-contract-"));
after(() => rmSync(folder, { recursive: true }));

const hasCompiler = () => {
  try {
    return execFileSync("gcc", ["--version"], { stdio: "ignore" }) === null;
  } catch {
    return false;
  }
};

const longest = "a".repeat(AGENT_NAME.longest);
const NAMES = [
  ...["a", "reviewer", "a-1", "z9", longest, `${longest}a`],
  ...["", "-a", "9a", "A", "aB", "a_b", "a/b", "a.", "../a", "é"],
];

test("C takes and refuses the same names", { skip: !hasCompiler() && "needs gcc" }, () => {
  const program = join(folder, "is-name");
  const source = `#include "runtime.h"
int main(int argc, char **argv) { return argc == 2 && forge_is_name(argv[1]) ? 0 : 1; }`;
  const flags = ["-Wall", "-Wextra", "-Werror", "-iquote", join(root, "runtime/terminal")];
  execFileSync("gcc", [...flags, "-x", "c", "-o", program, "-"], { input: source });
  const takes = (name: string): boolean => {
    try {
      execFileSync(program, [name]);
      return true;
    } catch {
      return false;
    }
  };
  for (const name of NAMES) assert.equal(takes(name), AGENT_NAME_PATTERN.test(name), `"${name}"`);
});
