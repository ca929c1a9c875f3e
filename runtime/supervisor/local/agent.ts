import type { AgentStatus as Status } from "../../../schema/agent-status.ts";
import type { ErrorCode } from "../../../schema/errors.ts";
import { type EndReason, isRestarted, REFUSED, reasonOf } from "../../../schema/lifecycle.ts";
import type { Plan, Sign } from "../../../schema/plan.ts";
import type { StatusFolder } from "../../activity-records.ts";
import type { Clock } from "../../clock.ts";
import { type StatusWatch, type Told, watchStatus } from "../../status/watch.ts";
import { quit } from "../../terminal/engine/quit.ts";
import type { Terminal } from "../../terminal/engine/terminal.ts";
import type { Tmux } from "../../terminal/engine/tmux.ts";
import type { Holder, Run } from "./agent-terminal.ts";
import { describeEnding, type Ending, type UpEvent } from "./events.ts";
import { killMarked, signal } from "./processes.ts";
import { afterFailure, firstStart, type History, type RestartPolicy } from "./restart.ts";
import { statusEvents } from "./status-events.ts";

export type AgentStatus = "starting" | "running" | "backing-off" | "exited" | "failed" | "stopped";

export interface AgentOptions {
  readonly plan: Plan;
  /** The plan folder's start program. */
  readonly launcher: string;
  /** FORGE_RUN of everything that the harness starts. */
  readonly marker: string;
  readonly holder: Holder;
  readonly terminal: Terminal;
  /** Where the harness says that a request to its model failed. */
  readonly failure: Sign | null;
  /** RUNTIME_DIRECTORY of the harness. */
  readonly runtime: string;
  readonly records: StatusFolder;
  readonly policy: RestartPolicy;
  readonly stopTimeout: number;
  readonly clock: Clock;
  /** By which its terminal is looked at. */
  readonly watchClock: Clock;
  /** Milliseconds without any change in a turn after which the agent is stuck. */
  readonly stuckAfter?: number | undefined;
  readonly tell: (event: UpEvent) => void;
  /** Gets everything that is seen of the agent. */
  readonly watched?: ((agent: string, told: Told) => void) | undefined;
}

export interface RunningAgent {
  readonly name: string;
  readonly plan: Plan;
  readonly terminal: Terminal;
  readonly tmux: Tmux;
  /** Folder of `events` and `status`, which forge-signal writes. */
  readonly runtime: string;
  readonly status: () => AgentStatus;
  /** What it does, since when, and how that is known. */
  readonly state: () => Status;
  /** Turns that ended since it was last started. */
  readonly turns: () => number;
  /** The harness's process; null if it does not run. */
  readonly pid: () => number | null;
  /** Resolves when the harness does not run and will not be started again. Never rejects. */
  readonly settled: Promise<void>;
  /** The text that quits the harness, SIGTERM, `stopTimeout` of patience, then SIGKILL to whatever is left. */
  readonly stop: () => Promise<void>;
  /** SIGKILL at once. */
  readonly kill: () => Promise<void>;
}

/** What the launcher says of a start that no restart can mend. */
const REFUSALS: ReadonlyMap<number, { readonly reason: string; readonly code: ErrorCode | null }> =
  new Map([
    [REFUSED.alreadyRunning, { reason: "the agent already runs", code: "ALREADY_RUNNING" }],
    [REFUSED.configuration, { reason: "it cannot be started as it is configured", code: null }],
  ]);

/** As many lines of the terminal as tell why it failed. */
const SHOWN = 12;

/** Starts the harness and keeps it running until it exits, fails for good or is stopped. */
export function superviseAgent(options: AgentOptions): RunningAgent {
  const stop = abortable();
  const kill = abortable();
  const agent = new Supervision(options, stop, kill);
  const settled = agent.run();
  return {
    name: options.plan.agent,
    plan: options.plan,
    terminal: options.terminal,
    tmux: options.holder.tmux,
    runtime: options.runtime,
    status: () => agent.status,
    state: () => agent.watch.status(),
    turns: () => agent.watch.turns(),
    pid: () => agent.pid,
    settled,
    stop: () => {
      stop.abort();
      return settled;
    },
    kill: () => {
      kill.abort();
      stop.abort();
      return settled;
    },
  };
}

interface Abortable {
  readonly signal: AbortSignal;
  readonly aborted: Promise<void>;
  abort(): void;
}

function abortable(): Abortable {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    signal: controller.signal,
    aborted: promise,
    abort: () => {
      controller.abort();
      resolve();
    },
  };
}

/** What came of one start: it ended by itself, or was made to end. */
type Outcome = { readonly ending: Ending } | { readonly stopped: "willingly" | "by force" };

interface Failure {
  readonly reason: string;
  readonly cause: EndReason;
  readonly code: ErrorCode | null;
}

class Supervision {
  status: AgentStatus = "starting";
  pid: number | null = null;
  readonly watch: StatusWatch;
  readonly #over = new AbortController();
  readonly #options: AgentOptions;
  readonly #stop: Abortable;
  readonly #kill: Abortable;

  constructor(options: AgentOptions, stop: Abortable, kill: Abortable) {
    this.#options = options;
    this.#stop = stop;
    this.#kill = kill;
    const { plan, terminal, failure, runtime, records, watchClock: clock, stuckAfter } = options;
    const tell = statusEvents(plan.agent, options.tell);
    this.watch = watchStatus({
      ...{ terminal, signs: plan.terminal, failure, runtime, records, clock, wall: Date.now },
      ...{ stuckAfter, signal: this.#over.signal },
      tell: (told) => {
        tell(told);
        options.watched?.(plan.agent, told);
      },
    });
  }

  async run(): Promise<void> {
    const { clock, plan, tell } = this.#options;
    const { agent } = plan;
    try {
      for (let next: History | undefined = firstStart(clock.now()); next !== undefined; ) {
        const history: History = next;
        const outcome = await this.#runOnce();
        next =
          "stopped" in outcome
            ? this.#stopped(outcome.stopped === "by force")
            : await this.#judge(outcome.ending, history);
      }
    } catch (error) {
      this.status = "failed";
      const reason = error instanceof Error ? error.message : String(error);
      this.watch.note({ state: "failed", reason });
      tell({ kind: "failed", agent, reason, cause: null, code: null, screen: [] });
    } finally {
      this.#over.abort();
      await this.watch.over;
    }
  }

  async #runOnce(): Promise<Outcome> {
    const { holder, launcher, marker, clock, plan, tell, records } = this.#options;
    this.watch.note({ state: "starting" });
    try {
      const run = await holder.start(launcher);
      this.status = "running";
      this.pid = run.pid;
      this.watch.note({ state: "running" }, run.pid);
      const { name, version } = plan.package;
      tell({ kind: "started", agent: plan.agent, harness: name, version, pid: run.pid });
      const ending = await Promise.race([run.ended, this.#stop.aborted]);
      return ending ? { ending } : { stopped: await this.#end(run) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ending: { kind: "lost", reason } };
    } finally {
      this.pid = null;
      await killMarked(marker, clock);
      await records.write("exited", "exit");
    }
  }

  async #end(run: Run): Promise<"willingly" | "by force"> {
    const { plan, stopTimeout, clock, tell } = this.#options;
    this.watch.note({ state: "stopping" });
    tell({ kind: "stopping", agent: plan.agent });
    const over = await this.#quit(run);
    if (over) return "willingly";
    if (!this.#kill.signal.aborted) signal(-run.group, "SIGTERM");
    const enough = new AbortController();
    const patience = AbortSignal.any([enough.signal, this.#kill.signal]);
    const impatient = clock.sleep(stopTimeout, patience).catch(() => {}); // an abort ends it early
    const ending = await Promise.race([run.ended, impatient]);
    enough.abort();
    return ending ? "willingly" : "by force";
  }

  /** Whether the harness left by its own words. */
  async #quit({ ended }: Run): Promise<boolean> {
    const { plan, terminal, clock } = this.#options;
    const isOver = ended.then(() => true);
    await quit({ terminal, signs: plan.terminal, clock, ended, signal: this.#kill.signal });
    return Promise.race([isOver, Promise.resolve(false)]);
  }

  #stopped(forced: boolean): undefined {
    this.status = "stopped";
    this.watch.note({ state: "stopped" });
    this.#options.tell({ kind: "stopped", agent: this.#options.plan.agent, forced });
  }

  /** Returns the history to go on with, or nothing when this was the last run. */
  async #judge(ending: Ending, history: History): Promise<History | undefined> {
    const { plan, policy, clock, tell } = this.#options;
    const agent = plan.agent;
    if (this.#stop.signal.aborted) return this.#stopped(false);
    const cause = reasonOf(ending);
    const refusal = ending.kind === "code" ? REFUSALS.get(ending.code) : undefined;
    if (refusal) return this.#failed({ ...refusal, cause });
    if (!isRestarted(ending)) {
      this.status = "exited";
      this.watch.note({ state: "exited", reason: describeEnding(ending) });
      tell({ kind: "exited", agent, ending, cause });
      return undefined;
    }
    const verdict = afterFailure(history, clock.now(), policy);
    if (verdict.kind === "give-up") {
      const within = `${history.starts} starts in ${policy.interval / 1000} s`;
      const reason = `${describeEnding(ending)}; ${within}`;
      return this.#failed({ reason, cause: "start-limit", code: null });
    }
    this.status = "backing-off";
    this.watch.note({ state: "restarting", reason: describeEnding(ending), delay: verdict.delay });
    const counted = { failures: history.starts, limit: policy.burst };
    tell({ kind: "restarting", agent, ending, cause, delay: verdict.delay, ...counted });
    await clock.sleep(verdict.delay, this.#stop.signal).catch(() => {}); // a stop ends it early
    return this.#stop.signal.aborted ? this.#stopped(false) : verdict.history;
  }

  async #failed(why: Failure): Promise<undefined> {
    const { plan, terminal, tell } = this.#options;
    this.status = "failed";
    this.watch.note({ state: "failed", reason: why.reason });
    const { screen } = await terminal.look().catch(() => ({ screen: "" })); // gone with its terminal
    const lines = screen.split("\n").filter((text) => text.trim() !== "");
    tell({ kind: "failed", agent: plan.agent, ...why, screen: lines.slice(-SHOWN) });
  }
}
