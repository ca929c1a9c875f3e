import { ACTIVITIES } from "../../../schema/activities.ts";
import type { Activity } from "../../../schema/activity-record.ts";
import { PATHS } from "../../../schema/host-paths.ts";
import { type Json, objectIn } from "../../../schema/json.ts";
import { firstLine } from "./agent-file.ts";

/** What a harness says of itself, as forge-signal keeps it, and what forge-ready saw on its terminal. */
const STATUS_FOLDERS: readonly [own: string, terminal: string] = [PATHS.agents, PATHS.seen];

interface Said {
  readonly at: number;
  readonly state: Activity;
  readonly screen: readonly string[];
}

/** As `forge ps` has them. */
export interface Status {
  readonly activity: Activity;
  readonly screen: readonly string[];
}

/**
 * What was last said of a running harness, such as `ready` or `busy`. Its own word counts from its first one on: the
 * terminal may show a prompt for a moment after a turn began.
 * The screen is only of what forge-ready saw. `unknown` if nothing can be read that was said since it was started: that must not pass for idle.
 */
export function readStatus(
  agent: string,
  startedAt: number,
  [own, terminal] = STATUS_FOLDERS,
): Status {
  const told = said(`${own}/${agent}/status`, startedAt);
  if (told && told.state !== "starting") return { activity: told.state, screen: [] };
  const shown = said(`${terminal}/${agent}/status`, told?.at ?? startedAt);
  return { activity: (shown ?? told)?.state ?? "unknown", screen: shown?.screen ?? [] };
}

function said(file: string, since: number): Said | undefined {
  const { at, state, screen } = objectIn(firstLine(file));
  // An agent may write anything here; only forge's own words reach a person's screen.
  const known = ACTIVITIES.find((word) => word === state);
  return typeof at === "number" && at >= since && known
    ? { at, state: known, screen: isLines(screen) ? screen : [] }
    : undefined;
}

const isLines = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((line) => typeof line === "string");
