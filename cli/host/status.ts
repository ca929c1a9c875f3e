import { existsSync, readFileSync } from "node:fs";

const FOLDER = "/run/forge/agents";

/**
 * What a running harness last said of itself, such as `ready` or `busy`. `unknown` if it said nothing that
 * can be read since it was started: that must not pass for idle.
 */
export async function readStatus(
  agent: string,
  startedAt: number,
  folder = FOLDER,
): Promise<string> {
  const file = `${folder}/${agent}/status`;
  if (!existsSync(file)) return "unknown";
  const { StatusLine } = await import("../../schema/status.ts");
  try {
    const { at, state } = StatusLine.parse(JSON.parse(readFileSync(file, "utf8")));
    return at >= startedAt ? state : "unknown";
  } catch {
    return "unknown";
  }
}
