import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";

const LONGEST_LINE = 4096;

/**
 * First line of a file that an agent owns, or nothing. The agent can make it anything: a pipe must not hold us up, a
 * link not lead us elsewhere, endless text not fill our memory.
 */
export function firstLine(file: string): string {
  if (!existsSync(file)) return "";
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    const fd = openSync(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      const data = Buffer.alloc(LONGEST_LINE);
      const [line = ""] = data.toString("utf8", 0, readSync(fd, data)).split("\n");
      return line;
    } finally {
      closeSync(fd);
    }
  } catch {
    return ""; // It cannot be read, and so says nothing.
  }
}
