import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Activity, ActivityRecord } from "../schema/activity-record.ts";
import { objectIn } from "../schema/json.ts";

/** How we know what no hook told. */
export const SEEN = "screen";

/** The records of one agent: the launcher's, its harness's hooks' and ours. */
export interface StatusFolder {
  read(): Promise<ActivityRecord | undefined>;
  /** Not if another record came after `known`. Never rejects: an agent may take its own folder away. */
  write(state: Activity, event: string, known?: ActivityRecord): Promise<void>;
}

export function statusIn(folder: string): StatusFolder {
  const file = join(folder, "status");
  const read = async () => {
    const text = await readFile(file, "utf8").catch(() => ""); // not yet
    return ActivityRecord.safeParse(objectIn(text)).data; // every tool of the agent may write here
  };
  const put = async (state: Activity, event: string, known?: ActivityRecord) => {
    if (known && (await read())?.at !== known.at) return;
    const record = `${JSON.stringify({ at: Date.now(), state, event })}\n`;
    await appendFile(join(folder, "events"), record);
    await writeFile(`${file}.up`, record);
    await rename(`${file}.up`, file);
  };
  let last = Promise.resolve(); // one at a time
  return {
    read,
    write: (...record) => {
      last = last.then(() => put(...record)).catch(() => {});
      return last;
    },
  };
}
