import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { recordIn } from "./json.ts";

const STATUS_FOLDER = "/run/forge/agents";

/**
 * What a running harness last said of itself, such as `ready` or `busy`: the line that forge-signal keeps.
 * `unknown` if it said nothing that can be read since it was started: that must not pass for idle.
 */
export function readStatus(agent: string, startedAt: number, folder = STATUS_FOLDER): string {
  const { at, state } = recordIn(lineIn(`${folder}/${agent}/status`));
  const isCurrent = typeof at === "number" && at >= startedAt;
  return isCurrent && typeof state === "string" && /^[a-z][a-z-]*$/.test(state) ? state : "unknown";
}

const LONGEST_LINE = 4096;

/** The agent owns the file: a pipe must not hold us up, nor a link lead us elsewhere. */
function lineIn(file: string): string {
  if (!existsSync(file)) return "";
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    const fd = openSync(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      const data = Buffer.alloc(LONGEST_LINE);
      return data.toString("utf8", 0, readSync(fd, data));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ""; // It cannot be read, and so says nothing.
  }
}
