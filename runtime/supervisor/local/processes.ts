import { readdir, readFile } from "node:fs/promises";
import type { Clock } from "../../clock.ts";

/** Everything that an agent starts inherits this variable, in whatever session it hides. */
export const MARKER = "FORGE_RUN";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly marks: readonly string[];
}

/** `marker` is a run (`<uuid>`: all of it) or one agent of it (`<uuid>/<agent>`). */
export async function markedProcesses(marker: string, proc = "/proc"): Promise<readonly number[]> {
  const all = await snapshot(proc);
  const found = new Set(all.filter(({ marks }) => marks.some(belongsTo(marker))).map((p) => p.pid));
  // A child that cleared its environment is still a child.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

const belongsTo = (marker: string) => (mark: string) =>
  mark === `${MARKER}=${marker}` || mark.startsWith(`${MARKER}=${marker}/`);

async function snapshot(proc: string): Promise<readonly Process[]> {
  const pids = (await readdir(proc)).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => inspect(proc, pid)));
  return found.filter((process) => process !== undefined);
}

async function inspect(proc: string, pid: number): Promise<Process | undefined> {
  const stat = await readOrNothing(`${proc}/${pid}/stat`);
  // The name, in parentheses, may hold anything; state and parent follow the last one.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || parent === undefined || state === "Z") return undefined;
  const environment = await readOrNothing(`${proc}/${pid}/environ`);
  const marks = environment.split("\0").filter((entry) => entry.startsWith(`${MARKER}=`));
  return { pid, parent: Number(parent), marks };
}

/** Processes come and go, and other people's cannot be read: neither is ours. */
const readOrNothing = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

/** True when there was a process to receive it. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Kills until a look finds none: a process may fork between the look and the kill. */
export async function killMarked(marker: string, clock: Clock, patience = 5000): Promise<void> {
  const deadline = clock.now() + patience;
  for (;;) {
    const pids = await markedProcesses(marker);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, "SIGKILL");
    if (clock.now() > deadline) throw new Error(`processes cannot be killed: ${pids.join(", ")}`);
    await clock.sleep(10);
  }
}
