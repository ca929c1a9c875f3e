import { join } from "node:path";
import { followReports } from "../runtime/activity-reports.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Terminal } from "../runtime/terminal/engine/terminal.ts";
import type { Tmux } from "../runtime/terminal/engine/tmux.ts";
import type { ActivityReport } from "../schema/activity-record.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Plan, Sign } from "../schema/plan.ts";
import type { PromptQuestion, PromptRecord } from "../schema/prompt-record.ts";
import type { SessionFiles } from "../schema/session-record.ts";
import { awaitAnswers } from "./answers.ts";
import { type Delivery, deliver } from "./delivery.ts";
import { findIdle } from "./find-idle.ts";
import type { Asked, Ledger } from "./ledger/ledger.ts";
import { sessionComposer } from "./session-composer.ts";
import { terminalComposer } from "./terminal-composer.ts";

interface Options {
  readonly ledger: Ledger;
  /** By agent: where its harness shows an empty composer. */
  readonly composers: ReadonlyMap<string, Sign | null>;
  /** By agent: where its harness keeps its conversations. */
  readonly sessions: ReadonlyMap<string, SessionFiles | null>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Told once if an agent gets no more prompts, because the ledger cannot be written to. */
  readonly warn: (agent: string, reason: string) => void;
}

/** An agent whose harness may run, as prompts reach it. */
export interface PromptedAgent {
  readonly name: string;
  readonly plan: Pick<Plan, "terminal" | "home">;
  readonly tmux: Tmux;
  readonly terminal: Pick<Terminal, "look">;
  /** Folder of its reports, `events`. */
  readonly runtime: string;
  readonly isRunning: () => boolean;
}

/** Delivers prompts to the agents of a host, or of a running fleet. */
export interface FleetPrompts extends AsyncDisposable {
  /** Begins with agents that were started. */
  readonly attach: (agents: Iterable<PromptedAgent>) => void;
  readonly note: (agent: string, kind: "started" | "ended") => void;
  /** The terminal shows that the harness takes a prompt. */
  readonly noteReady: (agent: string) => void;
  /** Prompts of this agent without a verdict. */
  readonly queued: (agent: string) => number;
  /** Throws what is refused. */
  readonly ask: (asked: PromptQuestion) => Promise<readonly PromptRecord[]>;
}

/** A prompt that is typed twice is asked twice. */
const isIdempotent = false;

export function fleetPrompts(options: Options): FleetPrompts {
  const { ledger, composers, clock, wall, warn } = options;
  const over = new AbortController();
  const deliveries = new Map<string, Delivery>();
  const broken = new Map<string, ForgeError>();
  const following: Promise<void>[] = [];

  /** The agents run on; what was accepted is delivered after the next start. */
  const fails = (agent: string, error: unknown): void => {
    const why = error instanceof ForgeError ? error : unexpected(error);
    broken.set(agent, why);
    warn(agent, `it gets no more prompts: ${why.message}; ${why.fix}`);
  };

  const begin = (agent: PromptedAgent): void => {
    const empty = composers.get(agent.name);
    if (!empty) return;
    const { name } = agent;
    const sessions = options.sessions.get(name) ?? null;
    const turns = turnsOf(agent, clock, over.signal);
    const { signal } = over;
    const typed = terminalComposer({
      ...{ tmux: agent.tmux, terminal: agent.terminal, signs: agent.plan.terminal, empty, wall },
      // After an end of the harness only its conversation can tell whether it took the prompt.
      channel: { acknowledges: sessions !== null, isIdempotent },
      hasTaken: turns.hasBegunSince,
    });
    const { home } = agent.plan;
    const composer = sessions ? sessionComposer(typed, { home, sessions, ledger }) : typed;
    const answers = sessions
      ? awaitAnswers({ agent: name, home, sessions, ledger, clock, wall, signal })
      : undefined;
    const submitted = () => answers?.expect();
    const delivery = deliver({ agent: name, ledger, composer, clock, wall, submitted, signal });
    deliveries.set(name, delivery);
    following.push(
      delivery.over.catch((error) => fails(name, error)),
      findIdle({ delivery, composer, clock, signal }),
      turns.follow((record) => {
        report(delivery, record, { clock, wall });
        answers?.note(record);
      }),
      ...(answers ? [answers.over.catch((error) => fails(name, error))] : []),
    );
    if (agent.isRunning()) delivery.note({ kind: "started" });
  };

  const deliveryOf = (agent: string): Delivery => {
    const why = broken.get(agent);
    if (why) throw why;
    const delivery = deliveries.get(agent);
    if (delivery) return delivery;
    throw new ForgeError("NOT_SUPPORTED_HERE", `${agent} takes no prompts from forge`, {
      fix: `type it on the terminal: forge attach --take ${agent}`,
    });
  };

  const carryOut = async (asked: PromptQuestion): Promise<readonly PromptRecord[]> => {
    switch (asked.kind) {
      case "send": {
        const delivery = deliveryOf(asked.agent);
        if (asked.awaitsAnswer && !options.sessions.get(asked.agent)) throw noAnswers(asked.agent);
        return [send(ledger, delivery, asked)];
      }
      case "list":
        return ledger.list(asked);
      case "show":
        return [found(ledger, asked.id)];
      case "cancel": {
        const { agent } = found(ledger, asked.id);
        await deliveryOf(agent).cancel(asked.id);
        return [found(ledger, asked.id)];
      }
    }
  };

  return {
    attach: (agents) => {
      for (const agent of agents) begin(agent);
    },
    note: (agent, kind) => deliveries.get(agent)?.note({ kind }),
    noteReady: (agent) => deliveries.get(agent)?.note({ kind: "idle", at: null }),
    queued: (agent) => ledger.count(agent),
    ask: carryOut,
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await Promise.all(following);
      ledger[Symbol.dispose]();
    },
  };
}

const noAnswers = (agent: string): ForgeError =>
  new ForgeError("NOT_SUPPORTED_HERE", `forge cannot read the answers of ${agent}'s harness`, {
    fix: "wait until it is submitted: --wait submitted",
  });

const unexpected = (error: unknown): ForgeError =>
  new ForgeError("NOT_SUPPORTED_HERE", error instanceof Error ? error.message : String(error), {
    fix: "restart what delivers the prompts: forge up, or forged.service",
    cause: error,
  });

/** A fleet without a ledger: its agents run, and whoever sends a prompt is told why it is not taken. */
export const withoutPrompts = (why: ForgeError): FleetPrompts => ({
  attach: () => {},
  note: () => {},
  noteReady: () => {},
  queued: () => 0,
  ask: async () => {
    throw why;
  },
  [Symbol.asyncDispose]: async () => {},
});

function send(ledger: Ledger, delivery: Delivery, asked: Asked): PromptRecord {
  const { record, isNew } = ledger.accept(asked);
  const { id, text, sequence, priority, expires } = record;
  if (isNew) delivery.send({ id, text, sequence, priority, expires });
  return record;
}

function found(ledger: Ledger, id: string): PromptRecord {
  const record = ledger.find(id);
  if (record) return record;
  throw new ForgeError("PROMPT_UNKNOWN", `there is no prompt ${id}`, {
    fix: "forge prompts lists them",
  });
}

/** What an agent's records say of its turns. */
function turnsOf({ runtime }: PromptedAgent, clock: Clock, signal: AbortSignal) {
  let began = 0;
  return {
    hasBegunSince: async (since: number) => began >= since,
    follow: (tell: (record: ActivityReport) => void): Promise<void> => {
      const noted = (record: ActivityReport) => {
        if (record.state === "busy" && record.event !== SEEN) began = Math.max(began, record.at);
        tell(record);
      };
      return followReports(join(runtime, "events"), { clock, signal, tell: noted });
    },
  };
}

/** The terminal told it, not the harness. */
const SEEN = "screen";

interface Clocks {
  readonly clock: Clock;
  readonly wall: () => number;
}

function report(
  delivery: Delivery,
  { state, event, at: then }: ActivityReport,
  { clock, wall }: Clocks,
) {
  const at = clock.now() - (wall() - then);
  if (event === SEEN) {
    if (state === "ready") delivery.note({ kind: "idle", at: null });
  } else if (state === "ready") {
    delivery.note({ kind: "idle", at });
  } else if (state === "busy") {
    const typed = delivery.underWay();
    if (typed !== undefined && at >= typed.since) delivery.acknowledge(typed.id, at);
    else delivery.note({ kind: "working", at });
  }
}
