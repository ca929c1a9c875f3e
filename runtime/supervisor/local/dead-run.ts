import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Clock } from "../../clock.ts";
import type { Tmux } from "../../terminal/engine/tmux.ts";
import { killMarked } from "./processes.ts";
import { PREFIX, removeFolder } from "./runtime-folder.ts";

/** Names a process for good: another one may get its number later. */
export function identityOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : `${pid}:${rest[18]}`; // its start time
  } catch {
    return undefined; // it has ended
  }
}

interface DeadRun {
  readonly run: string;
  readonly runtime: string;
  /** The server that shows the terminals. */
  readonly tmux: Tmux;
  readonly clock: Clock;
}

/** Ends what a run whose supervisor was killed has left: agents, terminals, sessions and the runtime folder. */
export async function endDeadRun({ run, runtime, tmux, clock }: DeadRun): Promise<void> {
  await killMarked(run, clock);
  await endSessions(tmux, run);
  if (basename(runtime).startsWith(PREFIX)) await removeFolder(runtime);
}

/** Sessions are ours by their mark, never by their name. */
export async function endSessions(tmux: Tmux, run: string): Promise<void> {
  const { stdout } = await tmux.try(["list-sessions", "-F", "#{@forge_run} #{session_id}"]);
  for (const entry of stdout.split("\n")) {
    const [mark, id] = entry.split(" ");
    if (mark === run && id !== undefined) await tmux.try(["kill-session", "-t", id]);
  }
}
