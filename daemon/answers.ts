import type { Clock } from "../runtime/clock.ts";
import type { ActivityReport } from "../schema/activity-record.ts";
import type { SessionFiles } from "../schema/session-record.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { type Asked, answerOf } from "./transcript/evidence.ts";
import { readerOf } from "./transcript/reader.ts";
import { turnsOf } from "./transcript/turns.ts";

interface Options {
  readonly agent: string;
  /** The agent's state directory. */
  readonly home: string;
  readonly sessions: SessionFiles;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly signal: AbortSignal;
}

/** Looks in the agent's conversation for the answers to prompts that were submitted. */
export interface Answers {
  /** A prompt was submitted just now. */
  readonly expect: () => void;
  readonly note: (record: ActivityReport) => void;
  /** Resolves after the signal. Rejects if the ledger cannot be written to. */
  readonly over: Promise<void>;
}

/** Milliseconds. A database is read by a process of its own, which costs more. */
const LOOK_EVERY = { lines: 300, database: 1500 };
/** So long after its report a harness has written all of a turn. */
const SETTLED = 1500;

const OVER: ReadonlySet<string> = new Set(["ready", "exited"]);

export function awaitAnswers(options: Options): Answers {
  const { agent, home, sessions, ledger, clock, wall, signal } = options;
  const read = readerOf({ home, sessions });
  const pause = sessions.query === null ? LOOK_EVERY.lines : LOOK_EVERY.database;
  let wake = Promise.withResolvers<void>();
  /** When the last turn was over, in milliseconds since 1970; null while one goes on. */
  let idle: number | null = null;
  signal.addEventListener("abort", () => wake.resolve(), { once: true });

  const look = async (open: readonly Asked[]): Promise<void> => {
    // Whatever the harness wrote before it was seen to have settled, this look sees.
    const settled = idle !== null && wall() - idle >= SETTLED ? idle : Number.NEGATIVE_INFINITY;
    const { entries, hasMore } = await read();
    const turns = turnsOf(entries.map(({ record }) => record));
    for (const asked of open) {
      const isIdle = !hasMore && settled >= asked.since;
      const answer = answerOf(turns, asked, isIdle) ?? (isIdle ? UNKNOWN : undefined);
      if (answer) ledger.finish({ id: asked.id, end: answer.reason, answer: answer.text });
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      wake = Promise.withResolvers();
      const open = ledger
        .unfinished(agent)
        .map(({ id, text, handed, accepted }) => ({ id, text, since: handed ?? accepted }));
      if (open.length === 0) await wake.promise;
      else {
        await look(open);
        await clock.sleep(pause, signal).catch(() => {}); // over
      }
    }
  };

  return {
    expect: () => wake.resolve(),
    note: ({ state, at }) => {
      if (state !== undefined) idle = OVER.has(state) ? at : null;
    },
    over: work(),
  };
}

/** The harness is idle again, and its conversation does not have the prompt as it was sent. */
const UNKNOWN = {
  text: null,
  reason: null,
};
