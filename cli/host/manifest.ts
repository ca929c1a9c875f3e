import { readFileSync } from "node:fs";
import { ForgeError } from "../../schema/errors.ts";
import { Manifest } from "../../schema/manifest.ts";
import { parse } from "../../schema/parse.ts";

export const MANIFEST = "/etc/forge/manifest.json";

/** What this host is to run. Its NixOS configuration wrote it. */
export function readManifest(path = MANIFEST): Manifest {
  const fix = "it belongs to another version of forge, or was edited: rebuild the system";
  const text = textOf(path);
  try {
    return parse(Manifest, JSON.parse(text), { code: "MANIFEST_INVALID", where: path, fix });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ForgeError("MANIFEST_INVALID", `${path}: ${cause.message}`, { fix, cause });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ForgeError("MANIFEST_MISSING", `no agents are declared on this host (${path})`, {
      fix: "declare some in services.forge of its NixOS configuration; without NixOS, use `forge up`",
      cause,
    });
  }
}
