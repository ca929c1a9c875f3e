import type { Activity } from "../../schema/activity-record.ts";
import type { AgentStatus, State } from "../../schema/agent-status.ts";

/** Both clocks at the time of an event, in milliseconds: one only grows, the other is what people set. */
export interface Now {
  readonly monotonic: number;
  readonly wall: number;
}

/** What a terminal can show of the state. */
export type Shown = Exclude<Activity, "starting" | "stuck" | "unknown" | "exited">;

/** What one look at the terminal found. */
export interface Seen {
  /** When the look began, by the monotonic clock: what was told since then is newer. */
  readonly began: number;
  /** Null if no sign shows. */
  readonly shown: Shown | null;
  /** What shows it to a person. */
  readonly screen: readonly string[];
  /** Differs from the last look's if anything on the terminal does. */
  readonly print: string;
  /** The kernel has stopped the harness (SIGSTOP): what the terminal shows is old. */
  readonly isFrozen: boolean;
  /** The sign of a rate limit shows, perhaps beside that of a turn. */
  readonly isLimited: boolean;
  /** When the screen says that a limit ends, by the wall clock. */
  readonly until: number | null;
  /** The line that tells of a failed request; empty if there is none. */
  readonly failure: string;
}

export type Supervised =
  /** `starting` is told before the process is made. */
  | { readonly state: "starting" | "stopping" | "stopped" }
  /** `began`: since when, by the monotonic clock, if the start was not told: its reports count from then on. */
  | { readonly state: "running"; readonly began?: number }
  | { readonly state: "restarting"; readonly reason: string; readonly delay: number }
  | { readonly state: "exited" | "failed"; readonly reason: string };

export type Event =
  | ({ readonly kind: "supervisor" } & Supervised)
  /** The harness's own report. It may come late, twice, never, or in another order. */
  | {
      readonly kind: "report";
      /** Null if it tells no state: then it is a sign of life. */
      readonly state: Activity | null;
      readonly event: string;
      readonly session: string | null;
      readonly turn: string | null;
      /** By the wall clock. */
      readonly at: number;
    }
  /** Answers `look`; nothing if the terminal could not be looked at. */
  | { readonly kind: "looked"; readonly id: number; readonly seen: Seen | null }
  | { readonly kind: "tick" };

export type Effect =
  /** `isFresh`: refusals that the terminal shows are of an earlier turn. */
  | { readonly kind: "look"; readonly id: number; readonly isFresh: boolean }
  | { readonly kind: "changed"; readonly status: AgentStatus }
  | { readonly kind: "turn-ended"; readonly session: string | null; readonly turn: string | null }
  | { readonly kind: "request-failed"; readonly line: string };

/** The one current state. `since` is by the monotonic clock. */
export interface Known {
  readonly state: State;
  readonly since: number;
  readonly source: AgentStatus["source"];
  readonly event: string | null;
  readonly screen: readonly string[];
  readonly until: number | null;
}

/** What looks agree on, but not for long enough yet. */
export interface Candidate {
  readonly shown: Shown;
  readonly since: number;
  readonly looks: number;
  /** The terminal changed meanwhile. */
  readonly moves: boolean;
}

export interface Turn {
  readonly session: string | null;
  readonly turn: string | null;
}

/** One agent, as far as it is known. Times are of the monotonic clock. */
export interface Agent {
  /** How long nothing may change in a turn before the agent counts as stuck. */
  readonly stuckAfter: number;
  readonly run: "down" | "starting" | "up" | "stopping";
  /** When this run began: an older report is of an earlier one. */
  readonly began: number;
  readonly known: Known;
  /** When the state was heard of: a look that began earlier knows less. */
  readonly heard: number;
  /** No turn has begun in this run. */
  readonly isFresh: boolean;
  /** The turn that runs. */
  readonly turn: Turn | null;
  readonly lastEnded: string | null;
  /** When a turn last began or went on: an older report of readiness is of an earlier turn. */
  readonly lastWork: number;
  readonly lastReport: { readonly at: number; readonly key: string };
  /** When the harness last gave a sign of life. */
  readonly lastSign: number;
  /** Since when looks find it stopped by the kernel; null if it is not. */
  readonly frozenSince: number | null;
  /** A turn has come to a good end, so the login worked. */
  readonly hasWorked: boolean;
  readonly print: string | null;
  readonly candidate: Candidate | null;
  /** The failed request that was told last. */
  readonly failure: string;
  readonly looks: {
    readonly id: number;
    /** When the look that is under way began; null if none is. */
    readonly since: number | null;
    readonly next: number;
    readonly pause: number;
  };
}

export interface Step {
  readonly agent: Agent;
  readonly effects: readonly Effect[];
}
