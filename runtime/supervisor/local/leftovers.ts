import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { parse } from "../../../schema/parse.ts";
import type { Clock } from "../../clock.ts";
import { killMarked } from "./processes.ts";
import { PREFIX, removeFolder } from "./runtime-folder.ts";

/** What a run of `forge up` that is itself killed would leave behind. */
const Trace = z.strictObject({
  version: z.literal(1),
  run: z.uuid(),
  runtime: z.string().regex(/^\//),
});
export type Trace = z.output<typeof Trace>;

const fileIn = (state: string): string => join(state, ".up.json");

export const leaveTrace = (state: string, trace: Trace): Promise<void> =>
  writeFile(fileIn(state), JSON.stringify(trace), { mode: 0o600 });

export const removeTrace = (state: string): Promise<void> => rm(fileIn(state), { force: true });

/** Ends what an earlier run left on this state directory; needs its lock. Returns that run, if there was one. */
export async function removeLeftovers(state: string, clock: Clock): Promise<string | undefined> {
  const file = fileIn(state);
  const content = await readFile(file, "utf8").catch(() => undefined); // the usual case: none
  if (content === undefined) return undefined;
  const { run, runtime } = parse(Trace, readJson(content), {
    code: "STATE_UNSAFE",
    where: file,
    fix: "remove the file; agents of an earlier run may still be running",
  });
  await killMarked(run, clock);
  if (basename(runtime).startsWith(PREFIX)) await removeFolder(runtime);
  await removeTrace(state);
  return run;
}

function readJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content; // half-written: the schema refuses it
  }
}
