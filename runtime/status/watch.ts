import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ActivityReport } from "../../schema/activity-record.ts";
import type { AgentStatus } from "../../schema/agent-status.ts";
import type { Sign, Terminal as Signs } from "../../schema/plan.ts";
import { SEEN, type StatusFolder } from "../activity-records.ts";
import { followReports } from "../activity-reports.ts";
import type { Clock } from "../clock.ts";
import type { Terminal } from "../terminal/engine/terminal.ts";
import { activityOf } from "./activity.ts";
import { seenOn } from "./seen.ts";
import { initial, nextTick, statusOf, step } from "./step.ts";
import type { Effect, Event, Now, Seen, Supervised } from "./types.ts";

export type Told = Exclude<Effect, { kind: "look" }>;

export interface Watching {
  readonly terminal: Pick<Terminal, "look">;
  readonly signs: Signs;
  /** Where the harness says that a request to its model failed. */
  readonly failure: Sign | null;
  /** RUNTIME_DIRECTORY of the harness, where it reports. */
  readonly runtime: string;
  readonly records: StatusFolder;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly stuckAfter?: number | undefined;
  readonly tell: (told: Told) => void;
  readonly signal: AbortSignal;
}

export interface StatusWatch {
  /** With the harness's process where it has one. */
  readonly note: (told: Supervised, pid?: number) => void;
  readonly status: () => AgentStatus;
  /** Turns that ended in this run. */
  readonly turns: () => number;
  /** Resolves after the signal, once nothing is being done any more. */
  readonly over: Promise<void>;
}

/** Runs the core for one agent: its reports, its terminal, its clock. */
export function watchStatus(options: Watching): StatusWatch {
  const watch = new Watch(options);
  return {
    note: (told, pid) => watch.note(told, pid),
    status: () => watch.status(),
    turns: () => watch.turns,
    over: watch.run(),
  };
}

class Watch {
  turns = 0;
  readonly #options: Watching;
  #agent;
  #pid: number | undefined;
  #nap = new AbortController();
  #lastReport = 0;
  readonly #working = new Set<Promise<void>>();

  constructor(options: Watching) {
    this.#options = options;
    const { stuckAfter } = options;
    this.#agent = initial(this.#now(), stuckAfter === undefined ? {} : { stuckAfter });
  }

  status(): AgentStatus {
    return statusOf(this.#agent, this.#now());
  }

  note(told: Supervised, pid?: number): void {
    if (told.state === "starting") this.turns = 0;
    this.#pid = pid;
    this.#take({ kind: "supervisor", ...told });
  }

  async run(): Promise<void> {
    const { runtime, clock, signal } = this.#options;
    signal.addEventListener("abort", () => this.#nap.abort(), { once: true });
    const tell = (report: ActivityReport) => this.#report(report);
    const following = followReports(join(runtime, "events"), { clock, signal, tell });
    while (!signal.aborted) {
      if (nextTick(this.#agent) <= clock.now()) this.#take({ kind: "tick" });
      else await this.#sleep();
    }
    await Promise.all([following, ...this.#working]);
  }

  /** Until the next tick is due, or something else happened. */
  async #sleep(): Promise<void> {
    const { clock } = this.#options;
    this.#nap = new AbortController();
    const ms = Math.min(nextTick(this.#agent) - clock.now(), LONGEST);
    await clock.sleep(Math.max(ms, 1), this.#nap.signal).catch(() => {}); // woken
  }

  #now(): Now {
    const { clock, wall } = this.#options;
    return { monotonic: clock.now(), wall: wall() };
  }

  #take(event: Event): void {
    if (this.#options.signal.aborted) return;
    const { agent, effects } = step(this.#agent, event, this.#now());
    this.#agent = agent;
    for (const effect of effects) this.#carryOut(effect);
    this.#nap.abort();
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === "look") {
      this.#begin(this.#look(effect.id, effect.isFresh));
      return;
    }
    if (effect.kind === "turn-ended") this.turns += 1;
    if (effect.kind === "changed") this.#begin(this.#record(effect.status));
    this.#options.tell(effect);
  }

  #begin(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  #report({ at, state: told, event, session, turn }: ActivityReport): void {
    if (event === SEEN) return; // our own
    const state = told ?? null;
    if (state !== null) this.#lastReport = Math.max(this.#lastReport, at);
    const names = { event: plain(event) ?? "", session: plain(session), turn: plain(turn) };
    this.#take({ kind: "report", state, at, ...names });
  }

  async #look(id: number, isFresh: boolean): Promise<void> {
    const { terminal, signs, failure, clock, wall } = this.#options;
    const began = clock.now();
    const look = await terminal.look().catch(() => undefined); // its server may be between two lives
    // Afterwards: one that was stopped before the look is found to be.
    const isFrozen = this.#pid !== undefined && (await isStopped(this.#pid));
    const seen: Seen | null = look
      ? { ...seenOn(look, { signs, failure, isFresh, wall: wall() }), began, isFrozen }
      : null;
    this.#take({ kind: "looked", id, seen });
  }

  /** What only the terminal told is written down beside the harness's own records, but over none that came since. */
  async #record({ state, source }: AgentStatus): Promise<void> {
    const { records, clock, signal } = this.#options;
    const activity = activityOf(state);
    if (activity === null || source === "harness" || source === "supervisor") return;
    const { since } = this.#agent.known;
    const isNow = () => this.#agent.known.state === state && this.#agent.known.since === since;
    do {
      const known = await records.read();
      const isNewer = known !== undefined && known.event !== SEEN && known.at > this.#lastReport;
      if (!isNewer) return records.write(activity, SEEN, known);
      await clock.sleep(RECORD_AGAIN, signal).catch(() => {}); // its report is on the way
    } while (isNow() && !signal.aborted);
  }
}

/** Milliseconds. */
const RECORD_AGAIN = 250;

/** Timers can wait no longer. */
const LONGEST = 2 ** 31 - 1;

const NAME = { letters: /[^\w.:/-]/g, length: 64 };

/** An agent may write anything; people read these names. */
const plain = (name: string | null | undefined): string | null =>
  name?.replace(NAME.letters, "").slice(0, NAME.length) ?? null;

/** By a signal such as SIGSTOP. */
async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""); // gone
  return /^[Tt] /.test(stat.slice(stat.lastIndexOf(")") + 2));
}
