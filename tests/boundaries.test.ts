import assert from "node:assert/strict";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { HARNESSES } from "../harnesses/registry.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each folder may import: our own folders, and packages. Imports point one way. */
const MAY_IMPORT: {
  readonly [folder: string]: {
    folders: readonly string[];
    packages: readonly string[];
    io: boolean;
  };
} = {
  schema: { folders: [], packages: ["zod", "fastest-levenshtein"], io: false },
  harnesses: { folders: ["schema"], packages: ["zod"], io: false },
  plan: { folders: ["schema", "harnesses"], packages: ["zod", "smol-toml"], io: true },
  generator: {
    folders: ["schema", "harnesses", "plan"],
    packages: ["zod", "ts-morph", "handlebars", "diff", "esbuild", "execa"],
    io: true,
  },
  runtime: { folders: ["schema"], packages: ["zod", "execa"], io: true },
  daemon: {
    folders: ["schema", "harnesses", "plan", "runtime"],
    packages: ["zod", "fastify", "prom-client"],
    io: true,
  },
  cli: {
    folders: ["schema", "harnesses", "plan", "generator", "runtime", "daemon", "package.json"],
    packages: ["zod", "commander", "execa", "jiti/static"],
    io: true,
  },
};

const imports = (file: string): readonly string[] =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([\w@./:-]+)"/g),
  ].map(([, specifier]) => specifier ?? "");

const violations = (folder: string): readonly string[] => {
  const allowed = MAY_IMPORT[folder];
  assert.ok(allowed);
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) =>
      imports(file)
        .filter((specifier) => !isAllowed(specifier, file, folder, allowed))
        .map((specifier) => `${file} imports ${specifier}`),
    );
};

function isAllowed(
  specifier: string,
  file: string,
  folder: string,
  allowed: (typeof MAY_IMPORT)[string],
): boolean {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier))
    return allowed?.io ?? false;
  if (!specifier.startsWith(".")) return allowed?.packages.includes(specifier) ?? false;
  const [target = ""] = relative(root, join(root, dirname(file), specifier)).split("/");
  return target === folder || (allowed?.folders.includes(target) ?? false);
}

for (const folder of Object.keys(MAY_IMPORT)) {
  test(`${folder}/ imports only what lies below it`, () => {
    assert.ok(globSync(`${folder}/**/*.ts`, { cwd: root }).length > 0, `${folder}/ is empty`);
    assert.deepEqual(violations(folder), []);
  });
}

/** Imports of a file within the repository, those of types too. */
const importsWithin = (file: string): readonly string[] =>
  imports(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => join(dirname(file), specifier))
    .filter((target) => existsSync(join(root, target))); // a test may write of files that are not there

/** The first circle that a walk along the imports meets, or nothing. */
function circleFrom(
  file: string,
  path: readonly string[],
  done: Set<string>,
): readonly string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file) || !file.endsWith(".ts")) return undefined;
  for (const next of importsWithin(file)) {
    const circle = circleFrom(next, [...path, file], done);
    if (circle) return circle;
  }
  done.add(file);
  return undefined;
}

test("no imports form a circle", () => {
  const folders = `{${Object.keys(MAY_IMPORT).join(",")},deployments,scripts,tests}`;
  const files = globSync(`${folders}/**/*.ts`, { cwd: root });
  assert.ok(files.length > 150);
  const done = new Set<string>();
  const circles = files.flatMap((file) => circleFrom(file, [], done)?.join(" -> ") ?? []);
  assert.deepEqual([...new Set(circles)], []);
});

const HARNESS_FOLDERS = readdirSync(join(root, "harnesses"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test("every folder of harnesses/ is in the registry, under its own name", () => {
  assert.deepEqual(HARNESSES.map(({ name }) => name).toSorted(), HARNESS_FOLDERS.toSorted());
});

test("shared code names no harness", () => {
  const name = `(${HARNESS_FOLDERS.join("|")})`;
  const quoted = new RegExp(`["'\`]${name}["'\`]`);
  const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
  const naming = (pattern: string, names: RegExp): readonly string[] => {
    const files = globSync(pattern, { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    assert.ok(files.length > 0, pattern);
    return files.filter((file) =>
      names.test(withoutExamples(readFileSync(join(root, file), "utf8"))),
    );
  };
  const withoutExamples = (text: string): string => text.replace(/\bexample = .*?;\n/gs, "");
  assert.deepEqual(naming("{schema,plan,generator,runtime,cli}/**/*.ts", quoted), []);
  for (const pattern of [
    "modules/*.nix",
    "nix/**/*",
    "runtime/{launcher,signal}/*",
    "runtime/terminal/**/*",
  ])
    assert.deepEqual(naming(pattern, word), []);
});

test("the plan builder is made of plan/build/ and of schemas without words for people", () => {
  const text = readFileSync(join(root, "nix/plan-builder.json"), "utf8");
  const { files } = z.looseObject({ files: z.array(z.string()) }).parse(JSON.parse(text));
  assert.ok(files.includes("schema/plan.ts"));
  for (const file of files) {
    assert.match(file, /^(plan\/build|schema)\/[^/]+$/);
    assert.doesNotMatch(readFileSync(join(root, file), "utf8"), /description:\s*["`]/, file);
  }
});
