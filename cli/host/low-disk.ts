import { existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DISK_LOW } from "../../schema/disk.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { type Json, objectIn } from "../../schema/json.ts";

/** A file system with little left, as runtime/disk/forge-disk records it. */
export interface LowDisk {
  /** One of the agents' directories on it. */
  readonly path: string;
  /** Percentage. */
  readonly left: number;
  readonly of: "space" | "files";
  /** Bytes. */
  readonly free: number;
}

/** Without zod, which would slow `forge ps` down. */
function lowDiskIn(line: string): LowDisk | undefined {
  const { path, left, of, free } = objectIn(line);
  const isNamed = typeof path === "string" && (of === "space" || of === "files");
  return isNamed && isCount(left) && isCount(free) ? { path, left, of, free } : undefined;
}

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value);

/** Those of the host's agents, as they were within the last minute. */
export function lowDisks(record: string = PATHS.lowDisks): readonly LowDisk[] {
  if (!existsSync(record)) return [];
  const lines = readFileSync(record, "utf8").split("\n");
  return lines.flatMap((line) => lowDiskIn(line) ?? []);
}

/** Whether little is left for a directory, which need not be there yet. */
export function lowDiskOf(path: string, percent = DISK_LOW): LowDisk | undefined {
  if (!existsSync(path)) return lowDiskOf(dirname(path), percent);
  const { bavail, blocks, bsize, ffree, files } = statfsSync(path);
  const share = (free: number, all: number) => (all === 0 ? 100 : Math.floor((free * 100) / all));
  const [space, spare] = [share(bavail, blocks), share(ffree, files)];
  const left = Math.min(space, spare);
  if (left >= percent) return undefined;
  return { path, left, of: spare < space ? "files" : "space", free: bavail * bsize };
}

/** What people are told. */
export function inWords({ path, left, of, free }: LowDisk): string {
  const size = `${Math.round(free / 2 ** 20)}M free`;
  const what =
    of === "space" ? `space is left (${size})` : `files that it can have are left (${size})`;
  return `warning: the disk of ${path} is nearly full: ${left} % of the ${what}\n  → remove files, or agents will fail to write\n`;
}
