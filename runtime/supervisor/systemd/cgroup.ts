import { existsSync, readFileSync } from "node:fs";

/** The slice of modules/service/default.nix. */
export const SLICE = "/sys/fs/cgroup/forge.slice/forge-agents.slice";

/** Bytes, and processes and threads; null for what the kernel does not count here. */
export interface Usage {
  readonly memory: number | null;
  readonly tasks: number | null;
}

/** The control group of a unit of ours that has processes; undefined for one in another slice. */
export function groupOf(unit: string, slice = SLICE): string | undefined {
  const group = `${slice}/${unit}`;
  return existsSync(group) ? group : undefined;
}

/** From the files that systemd would read too: not asking it for these saves two of five questions per agent. */
export const usageIn = (group: string): Usage => ({
  memory: counted(`${group}/memory.current`),
  tasks: counted(`${group}/pids.current`),
});

function counted(file: string): number | null {
  if (!existsSync(file)) return null; // quicker than the error
  try {
    return Number(readFileSync(file, "latin1"));
  } catch {
    return null; // it has just ended
  }
}
