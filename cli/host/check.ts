import { readFileSync } from "node:fs";
import { ForgeError } from "../../schema/errors.ts";
import { Manifest } from "../../schema/manifest.ts";
import { parse } from "../../schema/parse.ts";
import { StatusLine } from "../../schema/status.ts";
import { MANIFEST } from "./manifest.ts";

/** Apart from the rest, for it takes most of the time that `forge ps` needs to load. */
export function checkManifest(text: string, path = MANIFEST): Manifest {
  const fix = "it belongs to another version of forge, or was edited: rebuild the system";
  try {
    return parse(Manifest, JSON.parse(text), { code: "MANIFEST_INVALID", where: path, fix });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ForgeError("MANIFEST_INVALID", `${path}: ${cause.message}`, { fix, cause });
  }
}

const STATUS_FOLDER = "/run/forge/agents";

/**
 * What a running harness last said of itself, such as `ready` or `busy`. `unknown` if it said nothing that
 * can be read since it was started: that must not pass for idle.
 */
export function readStatus(agent: string, startedAt: number, folder = STATUS_FOLDER): string {
  try {
    const text = readFileSync(`${folder}/${agent}/status`, "utf8");
    const { at, state } = StatusLine.parse(JSON.parse(text));
    return at >= startedAt ? state : "unknown";
  } catch {
    return "unknown";
  }
}
