import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Project, ts } from "ts-morph";
import { ForgeError } from "../schema/errors.ts";
import { checkHarnessName } from "../schema/recipe/harness.ts";
import type { Output } from "./outputs.ts";
import { fill } from "./template.ts";

const REGISTRY = "harnesses/registry.ts";

/** The files of a new harness, and the registry with its line; nothing is written. */
export function scaffoldHarness(root: string, name: string): readonly Output[] {
  checkHarnessName(name);
  for (const folder of [`harnesses/${name}`, `tests/golden/${name}`]) {
    if (!existsSync(join(root, folder))) continue;
    throw new ForgeError("OUTPUT_UNWRITABLE", `${folder}: it exists`, {
      fix: "choose another name, or edit the harness that is there",
    });
  }
  const identifier = name.replace(/-+(.?)/g, (_, letter: string) => letter.toUpperCase());
  if (!isIdentifier(identifier)) {
    throw new ForgeError("RECIPE_INVALID", `${name}: a reserved word of JavaScript`, {
      fix: "choose another name",
    });
  }
  const values = { name, identifier, variable: name.toUpperCase().replaceAll("-", "_") };
  const agent = { role: "You help.\n", harness: name, model: "sample", [name]: { baseUrl: LOCAL } };
  return [
    { path: `harnesses/${name}/harness.ts`, content: fill("harness/recipe.ts", values) },
    { path: `harnesses/${name}/README.md`, content: fill("harness/readme.md", values) },
    { path: REGISTRY, content: register(readFileSync(join(root, REGISTRY), "utf8"), values) },
    {
      path: `tests/golden/${name}/fleet.json`,
      content: `${JSON.stringify({ agents: { helper: agent } }, null, 2)}\n`,
    },
  ];
}

const LOCAL = "http://127.0.0.1:8080";

function isIdentifier(text: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true);
  scanner.setText(text);
  return scanner.scan() === ts.SyntaxKind.Identifier && scanner.getTokenText() === text;
}

/** The registry with one more import and entry, where the alphabet has them. */
function register(registry: string, added: { name: string; identifier: string }): string {
  const project = new Project({ useInMemoryFileSystem: true });
  const source = project.createSourceFile(REGISTRY, registry);
  const module = `./${added.name}/harness.ts`;
  const modules = source.getImportDeclarations().map((line) => line.getModuleSpecifierValue());
  const at = modules.filter((other) => other < module).length;
  source.insertImportDeclaration(at, {
    namedImports: [added.identifier],
    moduleSpecifier: module,
  });
  const list = source
    .getVariableDeclarationOrThrow("HARNESSES")
    .getFirstDescendantByKindOrThrow(ts.SyntaxKind.ArrayLiteralExpression);
  list.insertElement(at, added.identifier);
  return source.getFullText();
}
