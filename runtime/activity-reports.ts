import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { ActivityRecord } from "../schema/activity-record.ts";
import { objectIn } from "../schema/json.ts";
import type { Clock } from "./clock.ts";

/** The agent owns that file: it may be long, endless, or nothing that we know. */
const MOST = 64 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** A harness appends its reports to a file. Milliseconds. */
const LOOK_EVERY = 100;

interface Following {
  readonly clock: Clock;
  /** Gets each record once, in order: a turn that was over before anybody looked, too. */
  readonly tell: (record: ActivityRecord) => void;
  readonly signal: AbortSignal;
}

/** Reads an agent's file of events, as it grows, until the signal. */
export async function followReports(file: string, following: Following): Promise<void> {
  const { clock, tell, signal } = following;
  const read = reportsIn(file);
  while (!signal.aborted) {
    for (const record of await read()) tell(record);
    await clock.sleep(LOOK_EVERY, signal).catch(() => {}); // over
  }
}

/** Reads what was added since the last call; the end of a longer addition is lost. */
function reportsIn(file: string): () => Promise<readonly ActivityRecord[]> {
  let position = 0;
  let rest = "";
  return async () => {
    const handle = await open(file, FLAGS).catch(() => undefined); // not yet
    if (handle === undefined) return [];
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return [];
      const { size } = stat;
      if (size < position) [position, rest] = [0, ""]; // another file
      const from = Math.max(position, size - MOST);
      const buffer = Buffer.alloc(Math.max(0, size - from));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      if (from !== position) rest = "";
      position = from + bytesRead;
      const lines = (rest + buffer.subarray(0, bytesRead).toString("utf8")).split("\n");
      rest = (lines.pop() ?? "").slice(-MOST);
      return lines.flatMap((line) => ActivityRecord.safeParse(objectIn(line)).data ?? []);
    } finally {
      await handle.close();
    }
  };
}
