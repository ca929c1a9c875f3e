import type { FileHandle } from "node:fs/promises";
import { type JsonObject, objectIn } from "../../schema/json.ts";

/** What one look at a file may cost. Bytes, except for the lines. */
export interface Limits {
  /** A longer line is passed over. */
  readonly line: number;
  readonly read: number;
  readonly lines: number;
  /** If more than this is unread, only its end is read. */
  readonly behind: number;
}

export const LIMITS: Limits = {
  line: 4 * 1024 * 1024,
  read: 2 * 1024 * 1024,
  lines: 5000,
  behind: 16 * 1024 * 1024,
};
const CHUNK = 64 * 1024;
const LINE_BREAK = 0x0a;

export interface Line {
  /** Where it begins in the file. */
  readonly position: number;
  readonly record: JsonObject;
}

export interface Look {
  readonly lines: readonly Line[];
  /** Whether the file was replaced or cut off since the last look: what was read of it before is of another. */
  readonly isAnother: boolean;
  /** Whether the file has more that can be read at once. */
  readonly hasMore: boolean;
}

/** Reads what was added to a file of lines since the last look. Its memory is bounded, whatever the file is. */
export function tailOf(limits: Limits = LIMITS): (handle: FileHandle) => Promise<Look> {
  let identity = "";
  let position = 0;
  let parts: Buffer[] = [];
  let held = 0;
  let start = 0;
  let isSkipping = false;

  const moveTo = (to: number, skipping: boolean): void => {
    [position, start, parts, held, isSkipping] = [to, to, [], 0, skipping];
  };
  const hold = (part: Buffer): void => {
    if (isSkipping) return;
    held += part.length;
    if (held <= limits.line)
      parts.push(Buffer.from(part)); // a copy: the chunk is used again
    else [parts, isSkipping] = [[], true];
  };
  /** The lines that end in this chunk. */
  const split = (chunk: Buffer, lines: Line[]): void => {
    let from = 0;
    while (from < chunk.length && lines.length < limits.lines) {
      const at = chunk.indexOf(LINE_BREAK, from);
      hold(chunk.subarray(from, at < 0 ? chunk.length : at));
      const end = at < 0 ? chunk.length : at + 1;
      position += end - from;
      from = end;
      if (at < 0) return;
      if (!isSkipping && held > 0) {
        const record = objectIn(Buffer.concat(parts).toString("utf8"));
        lines.push({ position: start, record });
      }
      moveTo(position, false);
    }
  };

  return async (handle) => {
    const { dev, ino, size } = await handle.stat();
    const isAnother = identity !== `${dev}:${ino}` || size < position;
    identity = `${dev}:${ino}`;
    if (isAnother) moveTo(0, false);
    if (size - position > limits.behind) moveTo(size - limits.behind, true);
    const until = Math.min(size, position + limits.read);
    const chunk = Buffer.alloc(Math.min(CHUNK, Math.max(0, until - position)));
    const lines: Line[] = [];
    while (position < until && lines.length < limits.lines) {
      const most = Math.min(chunk.length, until - position);
      const { bytesRead } = await handle.read(chunk, 0, most, position);
      if (bytesRead === 0) break; // cut off just now
      split(chunk.subarray(0, bytesRead), lines);
    }
    return { lines, isAnother, hasMore: position < size };
  };
}
