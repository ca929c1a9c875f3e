import { readFileSync } from "node:fs";
import { StatusLine } from "../../schema/status.ts";

const FOLDER = "/run/forge/agents";

/**
 * What a running harness last said of itself, such as `ready` or `busy`. `unknown` if it said nothing that
 * can be read since it was started: that must not pass for idle.
 */
export function readStatus(agent: string, startedAt: number, folder = FOLDER): string {
  try {
    const line = StatusLine.parse(JSON.parse(readFileSync(`${folder}/${agent}/status`, "utf8")));
    // Its clock may show whole seconds.
    return Date.parse(line.at) >= startedAt - 1000 ? line.state : "unknown";
  } catch {
    return "unknown";
  }
}
