import type { Clock } from "../runtime/clock.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Sign } from "../schema/plan.ts";
import type { SessionFiles } from "../schema/session-record.ts";
import type { EventLog } from "./event-log.ts";
import { type FleetPrompts, fleetPrompts, withoutPrompts } from "./fleet-prompts.ts";
import { observedLedger } from "./observed-ledger.ts";
import { hasSqlite } from "./sqlite.ts";

interface Options {
  /** The ledger. */
  readonly file: string;
  /** By agent: where its harness shows an empty composer. */
  readonly composers: ReadonlyMap<string, Sign | null>;
  /** By agent: where its harness keeps its conversations, if they can be read. */
  readonly sessions: ReadonlyMap<string, SessionFiles | null>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly events: EventLog;
  readonly warn: (agent: string, reason: string) => void;
}

/** Prompts with their ledger. Where there can be none, agents run on, and whoever sends a prompt is told why it is not taken. */
export async function openPrompts(options: Options): Promise<FleetPrompts> {
  const { file, composers, sessions, clock, wall, events, warn } = options;
  if (!hasSqlite()) return withoutPrompts(NODE_TOO_OLD);
  const { openLedger } = await import("./ledger/ledger.ts");
  try {
    const ledger = observedLedger(openLedger(file, { now: wall }), ({ text: _, ...data }) =>
      events.add({ agent: data.agent, kind: "prompt", data: { ...data, answer: null } }),
    );
    return fleetPrompts({ ledger, composers, sessions, clock, wall, warn });
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    for (const agent of composers.keys())
      warn(agent, `it gets no prompts: ${error.message}; ${error.fix}`);
    return withoutPrompts(error);
  }
}

const NODE_TOO_OLD = new ForgeError(
  "NOT_SUPPORTED_HERE",
  "prompts are not delivered here: forge runs on a Node before 22.13",
  { fix: "run forge on a newer Node, or type the prompt: forge attach --take AGENT" },
);
