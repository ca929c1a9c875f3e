import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import * as z from "zod";
import * as forge from "../../harnesses/public.ts";
import * as recipe from "../../harnesses/recipe.ts";
import packageJson from "../../package.json" with { type: "json" };
import { ForgeError } from "../../schema/errors.ts";

/** What these modules are to a fleet file, wherever it lies and whether or not they are installed there: our own. */
const OURS = {
  [packageJson.name]: forge,
  [`${packageJson.name}/recipe`]: recipe,
  zod: z,
};

const EXAMPLE = `a fleet file is TypeScript, such as: import { defineFleet } from "${packageJson.name}"; export default defineFleet({ agents: { … } })`;
const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

const invalid = (what: string, fix: string, cause?: unknown) =>
  new ForgeError("FLEET_INVALID", what, { fix, cause });

/** Returns what the file exports by default, unchecked. */
export async function loadFleetFile(file: string): Promise<unknown> {
  await checkFile(file);
  const module = await importTyped(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const flat = why.replaceAll(/\s+/g, " ");
    throw invalid(`${file} cannot be loaded: ${flat}`, `correct the file; ${EXAMPLE}`, cause);
  });
  const exported = typeof module === "object" && module !== null && "default" in module;
  if (!exported) throw invalid(`${file} exports no fleet: it has no default export`, EXAMPLE);
  if (typeof module.default === "object" && module.default !== null) return module.default;
  throw invalid(`${file} exports no fleet: its default export is no object`, EXAMPLE);
}

/** What is something else by its kind or name is never loaded, as a loader's error does not say what a fleet file is. */
async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "no such file" : (cause.code ?? cause.message);
    const fix = `give the path of a fleet file, or write a first one with forge init; ${EXAMPLE}`;
    throw invalid(`${file} cannot be read: ${why}`, fix, cause);
  });
  if (found.isDirectory()) {
    const inside = EXTENSIONS.map((extension) => join(file, `fleet${extension}`)).find(existsSync);
    const fix = inside === undefined ? `name a file in it; ${EXAMPLE}` : `forge up ${inside}`;
    throw invalid(`${file} is a directory, and no fleet file`, fix);
  }
  if (!found.isFile()) throw invalid(`${file} is no regular file`, EXAMPLE);
  if (!EXTENSIONS.includes(extname(file))) {
    const what = `expected a file whose name ends in ${EXTENSIONS.join(", ")}`;
    throw invalid(`${file} is no fleet file: ${what}`, EXAMPLE);
  }
}

/** On every Node, and as a module whatever package.json lies around the file. Its library is loaded for this alone. */
async function importTyped(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti/static");
  const options = { fsCache: false, interopDefault: false, virtualModules: OURS };
  return createJiti(file, options).import(file);
}
