import { access } from "node:fs/promises";
import { basename } from "node:path";
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

/** Returns what the file exports by default, unchecked. */
export async function loadFleetFile(file: string): Promise<unknown> {
  const name = basename(file);
  const invalid = (what: string, fix: string, cause?: unknown) =>
    new ForgeError("FLEET_INVALID", what, { fix, cause });
  try {
    await access(file);
  } catch (cause) {
    const fix = "give the path of a fleet file, or write a first one with forge init";
    throw invalid(`${file} cannot be read`, fix, cause);
  }
  const module = await importTyped(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const flat = why.replaceAll(/\s+/g, " ");
    throw invalid(`${name} cannot be loaded: ${flat}`, "correct the file", cause);
  });
  if (typeof module === "object" && module !== null && "default" in module) return module.default;
  throw invalid(
    `${name} exports no fleet`,
    `import { defineFleet } from "${packageJson.name}"; export default defineFleet({ agents: { … } })`,
  );
}

/** On every Node, and as a module whatever package.json lies around the file. Its library is loaded for this alone. */
async function importTyped(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti/static");
  const options = { fsCache: false, interopDefault: false, virtualModules: OURS };
  return createJiti(file, options).import(file);
}
