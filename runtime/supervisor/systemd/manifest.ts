import { readFileSync } from "node:fs";
import { ForgeError } from "../../../schema/errors.ts";
import { PATHS } from "../../../schema/host-paths.ts";
import { isJsonObject, objectIn } from "../../../schema/json.ts";

/** What this host is to run, as text. Its NixOS configuration wrote it. */
export function readManifest(path: string = PATHS.manifest): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ForgeError("MANIFEST_MISSING", `no agents are declared on this host (${path})`, {
      fix: "declare some in services.forge of its NixOS configuration; without NixOS, `forge up` runs agents and `tmux -L forge attach` shows them",
      cause,
    });
  }
}

/** What `forge ps` needs to know of a declaration. */
export interface Declared {
  readonly harness: string;
  readonly model: string;
}
type DeclaredByName = ReadonlyMap<string, Declared>;

/** zod would take a fifth of the time that `forge ps` may take: it is loaded to say what is wrong. */
export async function readDeclared(path: string = PATHS.manifest): Promise<DeclaredByName> {
  const text = readManifest(path);
  const declared = plainly(text);
  if (declared !== undefined) return declared;
  const { checkManifest } = await import("./check.ts");
  return new Map(Object.entries(checkManifest(text, path).agents));
}

/** Undefined for what is no manifest. */
function plainly(text: string): DeclaredByName | undefined {
  const { version, agents } = objectIn(text);
  if (version !== 1 || !isJsonObject(agents)) return undefined;
  const all = Object.entries(agents);
  const declared = all.flatMap(([name, agent]) => {
    const { harness, model } = isJsonObject(agent) ? agent : {};
    const isAgent = typeof harness === "string" && typeof model === "string";
    return isAgent ? [[name, { harness, model }] as const] : [];
  });
  return declared.length === all.length ? new Map(declared) : undefined;
}
