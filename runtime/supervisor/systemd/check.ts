import { ForgeError } from "../../../schema/errors.ts";
import { PATHS } from "../../../schema/host-paths.ts";
import { Manifest } from "../../../schema/manifest.ts";
import { parse } from "../../../schema/parse.ts";

/** The whole manifest; `path` is where its text is from. */
export function checkManifest(text: string, path: string = PATHS.manifest): Manifest {
  const fix = "it belongs to another version of forge, or was edited: rebuild the system";
  try {
    return parse(Manifest, JSON.parse(text), { code: "MANIFEST_INVALID", where: path, fix });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ForgeError("MANIFEST_INVALID", `${path}: ${cause.message}`, { fix, cause });
  }
}
