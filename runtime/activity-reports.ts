import { constants, type FSWatcher, statSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { ActivityReport } from "../schema/activity-record.ts";
import { objectIn } from "../schema/json.ts";
import type { Clock } from "./clock.ts";

/** The agent owns that file: it may be long, endless, or nothing that we know. */
const MOST = 64 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Milliseconds between looks at the file: where the kernel tells of changes, where it does not, and at most. */
const RARELY = 2_000;
const OFTEN = 250;
const APART = 20;
/** So many reports of one look are told, and each makes the next look wait: an agent must not keep us from the others. */
const REPORTS = 100;
const PER_REPORT = 5;
/** As many lines are looked at. */
const LINES = 400;

interface Following {
  readonly clock: Clock;
  /** Gets each report once, in order: a turn that was over before anybody looked, too. */
  readonly tell: (report: ActivityReport) => void;
  readonly signal: AbortSignal;
}

/** Reads an agent's file of events, as it grows, until the signal. */
export async function followReports(file: string, following: Following): Promise<void> {
  const { clock, tell, signal } = following;
  const read = reportsIn(file);
  const changes = changesOf(dirname(file), clock, signal);
  while (!signal.aborted) {
    const { reports, lines } = await read().catch(() => NOTHING); // it is no file that can be read
    for (const report of reports) tell(report);
    await changes.next();
    await clock.sleep(APART + PER_REPORT * lines, signal).catch(() => {}); // over
  }
}

/** Resolves with the next change of a folder, and now and then without one: the folder may come, go and be replaced. */
function changesOf(folder: string, clock: Clock, signal: AbortSignal) {
  let isTold = false;
  let wake = new AbortController();
  let watched: { readonly identity: string; readonly watcher: FSWatcher } | undefined;
  const changed = () => {
    isTold = true;
    wake.abort();
  };
  const leave = () => {
    watched?.watcher.close();
    watched = undefined;
  };
  const lookAgain = () => {
    const now = identityOf(folder);
    if (now === watched?.identity || signal.aborted) return;
    leave();
    try {
      if (now === undefined) return;
      watched = { identity: now, watcher: watch(folder, changed).on("error", leave) };
      isTold = true; // what came before the watch began
    } catch {
      // No watch is left.
    }
  };
  signal.addEventListener("abort", changed, { once: true });
  signal.addEventListener("abort", leave, { once: true });
  return {
    next: async (): Promise<void> => {
      if (!isTold) lookAgain();
      wake = new AbortController();
      const pause = watched ? RARELY : OFTEN;
      if (!isTold) await clock.sleep(pause, wake.signal).catch(() => {}); // something changed
      isTold = false;
    },
  };
}

/** Undefined if it is not there. */
function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

interface News {
  readonly reports: readonly ActivityReport[];
  /** That were looked at. */
  readonly lines: number;
}
const NOTHING: News = { reports: [], lines: 0 };

/** Reads what was added since the last call; of a longer addition only the end. Rejects for what cannot be read. */
function reportsIn(file: string): () => Promise<News> {
  let position = 0;
  let rest = "";
  let known = "";
  return async () => {
    const handle = await open(file, FLAGS).catch(() => undefined); // not yet
    if (handle === undefined) return NOTHING;
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return NOTHING;
      const { size, dev, ino, birthtimeMs } = stat;
      const now = `${dev}:${ino} ${birthtimeMs}`;
      if (size < position || now !== known) [position, rest, known] = [0, "", now];
      const from = Math.max(position, size - MOST);
      const buffer = Buffer.alloc(Math.max(0, size - from));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      if (from !== position) rest = "";
      position = from + bytesRead;
      const added = (rest + buffer.subarray(0, bytesRead).toString("utf8")).split("\n");
      rest = (added.pop() ?? "").slice(-MOST);
      const lines = added.slice(-LINES);
      const reports = lines.flatMap((line) => ActivityReport.safeParse(objectIn(line)).data ?? []);
      return { reports: reports.slice(-REPORTS), lines: lines.length };
    } finally {
      await handle.close();
    }
  };
}
