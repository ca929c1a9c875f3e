import { dirname, join } from "node:path";
import { hasSqlite } from "../../daemon/sqlite.ts";
import { markdownOf } from "../../daemon/transcript/markdown.ts";
import { type Entry, readAll, readerOf } from "../../daemon/transcript/reader.ts";
import { turnsOf } from "../../daemon/transcript/turns.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { SessionFiles } from "../../schema/session-record.ts";
import { print, printJson } from "../print.ts";
import { isAlive } from "./is-alive.ts";

export interface Wanted {
  readonly follow: boolean;
  readonly turns: number | undefined;
  readonly json: boolean;
}

const LOOK_EVERY = 300;

/** Prints what an agent of `forge up` and its harness said, and what comes, until the fleet ends or Ctrl-C. */
export async function showTranscript(
  { log, pid }: ListedFleet,
  agent: AgentOnHost,
  { follow, turns, json }: Wanted,
): Promise<void> {
  const home = join(dirname(log), agent.name); // the log lies beside the agents' state directories
  const read = readerOf({ home, sessions: sessionsOf(agent) });
  const show = ({ record }: Entry): void =>
    json ? printJson(`${JSON.stringify(record)}\n`) : print(markdownOf(record));
  const first = await readAll(read);
  for (const entry of lastTurns(first, turns)) show(entry);
  let shown = new Set(first.map(({ key }) => key));
  while (follow && isAlive(pid)) {
    await systemClock.sleep(LOOK_EVERY);
    const entries = await readAll(read);
    for (const entry of entries) if (!shown.has(entry.key)) show(entry);
    shown = new Set(entries.map(({ key }) => key));
  }
}

function lastTurns(entries: readonly Entry[], count: number | undefined): readonly Entry[] {
  if (count === undefined) return entries;
  const turns = turnsOf(entries.map(({ record }) => record));
  const [first] = turns.at(-Math.min(count, turns.length))?.prompts ?? [];
  const from = entries.findIndex(({ record }) => record === first);
  return entries.slice(Math.max(0, from));
}

function sessionsOf({ harness }: AgentOnHost): SessionFiles {
  const sessions = HARNESSES.find(({ name }) => name === harness)?.sessions ?? null;
  const refuse = (why: string, fix: string): never => {
    throw new ForgeError("NOT_SUPPORTED_HERE", why, { fix });
  };
  if (sessions === null)
    return refuse(
      `forge does not know where ${harness} keeps its conversations`,
      "watch the terminal: forge attach AGENT",
    );
  if (sessions.query !== null && !hasSqlite())
    return refuse(
      `${harness} keeps its conversations in SQLite, which this Node cannot read`,
      "run forge on Node 22.13 or later",
    );
  return sessions;
}
