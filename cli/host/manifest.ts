import { readFileSync } from "node:fs";
import { ForgeError } from "../../schema/errors.ts";
import type { Manifest } from "../../schema/manifest.ts";

export const MANIFEST = "/etc/forge/manifest.json";

/** What this host is to run, still as text. Its NixOS configuration wrote it. */
export function readManifest(path = MANIFEST): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ForgeError("MANIFEST_MISSING", `no agents are declared on this host (${path})`, {
      fix: "declare some in services.forge of its NixOS configuration; without NixOS, use `forge up`",
      cause,
    });
  }
}

export async function checkManifest(text: string, path = MANIFEST): Promise<Manifest> {
  // Nothing else of `forge ps` takes as long to load, so this is when there is time.
  const { Manifest } = await import("../../schema/manifest.ts");
  const { parse } = await import("../../schema/parse.ts");
  const fix = "it belongs to another version of forge, or was edited: rebuild the system";
  try {
    return parse(Manifest, JSON.parse(text), { code: "MANIFEST_INVALID", where: path, fix });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ForgeError("MANIFEST_INVALID", `${path}: ${cause.message}`, { fix, cause });
  }
}
