import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { recordIn } from "./json.ts";

/** What a harness says of itself, as forge-signal keeps it, and what forge-ready saw on its terminal. */
const STATUS_FOLDERS = ["/run/forge/agents", "/run/forge/seen"];

/**
 * What was last said of a running harness, such as `ready` or `busy`.
 * `unknown` if nothing can be read that was said since it was started: that must not pass for idle.
 */
export function readStatus(agent: string, startedAt: number, folders = STATUS_FOLDERS): string {
  let latest = { at: startedAt, state: "unknown" };
  for (const folder of folders) {
    const { at, state } = recordIn(lineIn(`${folder}/${agent}/status`));
    const isState = typeof state === "string" && /^[a-z][a-z-]*$/.test(state);
    if (typeof at === "number" && at >= latest.at && isState) latest = { at, state };
  }
  return latest.state;
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
