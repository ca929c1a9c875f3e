import { ACTIVITIES } from "../../../schema/activities.ts";
import type { Activity } from "../../../schema/activity-record.ts";
import { PATHS } from "../../../schema/host-paths.ts";
import { objectIn } from "../../../schema/json.ts";
import { firstLine } from "./agent-file.ts";

/** What a harness says of itself, as forge-signal keeps it, and what forge-ready saw on its terminal. */
const STATUS_FOLDERS: readonly [own: string, terminal: string] = [PATHS.agents, PATHS.seen];

interface Said {
  readonly at: number;
  readonly state: Activity;
}

/**
 * What was last said of a running harness, such as `ready` or `busy`. Its own word counts from its first one on: the
 * terminal may show a prompt for a moment after a turn began.
 * `unknown` if nothing can be read that was said since it was started: that must not pass for idle.
 */
export function readStatus(
  agent: string,
  startedAt: number,
  [own, terminal] = STATUS_FOLDERS,
): Activity {
  const told = said(`${own}/${agent}/status`, startedAt);
  if (told && told.state !== "starting") return told.state;
  const shown = said(`${terminal}/${agent}/status`, told?.at ?? startedAt);
  return (shown ?? told)?.state ?? "unknown";
}

function said(file: string, since: number): Said | undefined {
  const { at, state } = objectIn(firstLine(file));
  // An agent may write anything here; only forge's own words reach a person's screen.
  const known = ACTIVITIES.find((word) => word === state);
  return typeof at === "number" && at >= since && known ? { at, state: known } : undefined;
}
