import { readFileSync } from "node:fs";
import { ForgeError } from "../../schema/errors.ts";

export const MANIFEST = "/etc/forge/manifest.json";

/** What this host is to run, unchecked. Its NixOS configuration wrote it. */
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
