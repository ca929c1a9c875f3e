import { readFileSync } from "node:fs";
import { ForgeError } from "../../schema/errors.ts";
import type { Manifest } from "../../schema/manifest.ts";

export const MANIFEST = "/etc/forge/manifest.json";

/** What this host is to run. Its NixOS configuration wrote it. */
export async function readManifest(path = MANIFEST): Promise<Manifest> {
  const text = textOf(path);
  // Loaded while systemd answers: nothing else of `forge ps` takes as long to load.
  const { checkManifest } = await import("./check-manifest.ts");
  return checkManifest(text, path);
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
