import { access } from "node:fs/promises";
import { registerHooks } from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { ForgeError } from "../../schema/errors.ts";

/** What the module `forge` is to a fleet file wherever it lies, and whether or not forge is installed there. */
const FORGE = `data:text/javascript,${encodeURIComponent(
  "export const defineFleet = (fleet) => fleet;",
)}`;

/** Returns what the file exports by default, unchecked. */
export async function loadFleetFile(file: string): Promise<unknown> {
  const name = basename(file);
  const invalid = (what: string, fix: string, cause?: unknown) =>
    new ForgeError("FLEET_INVALID", what, { fix, cause });
  try {
    await access(file);
  } catch (cause) {
    throw invalid(`${file} cannot be read`, "give the path of a fleet file: forge up FILE", cause);
  }
  const module = await importWithForge(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw invalid(`${name} cannot be loaded: ${why}`, "correct the file", cause);
  });
  if (typeof module === "object" && module !== null && "default" in module) return module.default;
  throw invalid(
    `${name} exports no fleet`,
    "import { defineFleet } from 'forge'; export default defineFleet({ agents: { … } })",
  );
}

/** Node strips the types. It reads a file as a module whatever package.json lies around it. */
async function importWithForge(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "forge" ? { url: FORGE, shortCircuit: true } : next(specifier, context),
    load: (at, context, next) =>
      next(
        at,
        at === url && /\.m?ts$/.test(file) ? { ...context, format: "module-typescript" } : context,
      ),
  });
  try {
    return await import(url);
  } finally {
    hooks.deregister();
  }
}
