import { objectIn } from "../../schema/json.ts";
import { firstLine } from "./agent-file.ts";

/** What a harness says of itself, as forge-signal keeps it, and what forge-ready saw on its terminal. */
const STATUS_FOLDERS = ["/run/forge/agents", "/run/forge/seen"];

/**
 * What was last said of a running harness, such as `ready` or `busy`.
 * `unknown` if nothing can be read that was said since it was started: that must not pass for idle.
 */
export function readStatus(agent: string, startedAt: number, folders = STATUS_FOLDERS): string {
  let latest = { at: startedAt, state: "unknown" };
  for (const folder of folders) {
    const { at, state } = objectIn(firstLine(`${folder}/${agent}/status`));
    const isState = typeof state === "string" && /^[a-z][a-z-]*$/.test(state);
    if (typeof at === "number" && at >= latest.at && isState) latest = { at, state };
  }
  return latest.state;
}
