import type { Phase } from "../../schema/phases.ts";

export { isVerdict, PHASES, type Phase } from "../../schema/phases.ts";

/** A prompt that somebody sent, as it was accepted. */
export interface Prompt {
  readonly id: string;
  readonly text: string;
  /** Orders the prompts of one agent; the ledger counts. */
  readonly sequence: number;
  /** Higher goes first. */
  readonly priority: number;
  /** Milliseconds of the wall clock, after which it is not delivered any more; null for never. */
  readonly expires: number | null;
}

/** What the ledger holds of a prompt that has no verdict. */
export interface OpenPrompt {
  readonly prompt: Prompt;
  readonly phase: "queued" | "delivering";
  /** Of the last delivery; 0 before the first. */
  readonly attempt: number;
}

/** What a harness's channel can do; data of its recipe. */
export interface Channel {
  /** The harness says of every prompt that it took it, before it does anything for it. */
  readonly acknowledges: boolean;
  /** The harness takes a prompt with the id of an earlier one for the same. */
  readonly isIdempotent: boolean;
}

/** What an inspection finds of a delivery. */
export type Found =
  /** The harness's session has the prompt. */
  | "in-session"
  /** The prompt stands in the composer, unsent. */
  | "in-composer"
  /** It was handed over to the harness that runs, and is neither in the composer nor in the session. */
  | "handed-over"
  /** It was never handed over. */
  | "untouched"
  /** The harness that it was handed over to, or its terminal, has ended, and the session does not have it. */
  | "lost";

export type Event =
  | { readonly kind: "sent"; readonly prompt: Prompt }
  | { readonly kind: "cancelled"; readonly id: string }
  /** The harness runs. */
  | { readonly kind: "started" }
  | { readonly kind: "ended" }
  /**
   * Evidence that the harness is in no turn and shows its composer. `at` is when the harness reported it, by the host's
   * monotonic clock, as reports may come late; null for looks at the terminal that agree for a while.
   */
  | { readonly kind: "idle"; readonly at: number | null }
  /** A turn begins that is none of ours; `at` as in `idle`. */
  | { readonly kind: "working"; readonly at: number | null }
  /** Answers `look`. */
  | { readonly kind: "looked"; readonly id: string; readonly isFree: boolean }
  /** Answers `deliver`. `held`: something else is in the way, and nothing was typed. */
  | {
      readonly kind: "delivered";
      readonly id: string;
      readonly attempt: number;
      readonly outcome: "handed-over" | "held" | "refused" | "gone";
      /** Why it was refused. */
      readonly reason?: string;
    }
  /** Answers `enter`. */
  | { readonly kind: "entered"; readonly id: string; readonly attempt: number }
  /** The harness took the prompt, as a report of its own says; `at` as in `idle`. */
  | { readonly kind: "acknowledged"; readonly id: string; readonly at: number }
  /** Answers `inspect`. */
  | {
      readonly kind: "inspected";
      readonly id: string;
      readonly attempt: number;
      readonly found: Found;
    }
  | { readonly kind: "tick" };

export type Effect =
  /** Durable before any later effect begins. */
  | {
      readonly kind: "record";
      readonly id: string;
      readonly phase: Phase;
      readonly attempt: number;
      /** By what a prompt counts as submitted, or why it was not. */
      readonly reason?: string;
    }
  /** Whether the composer takes a prompt: idle, empty, no dialog, no pager. Changes nothing. */
  | { readonly kind: "look"; readonly id: string }
  /** Hands the prompt over, with a mark of id and attempt that outlives us, and only if the composer takes it still. */
  | { readonly kind: "deliver"; readonly prompt: Prompt; readonly attempt: number }
  | { readonly kind: "inspect"; readonly id: string; readonly attempt: number }
  /** Enter, and only if the composer holds this very prompt. */
  | { readonly kind: "enter"; readonly id: string; readonly attempt: number }
  /** Whoever cancelled is told. */
  | { readonly kind: "cancel-answered"; readonly id: string; readonly isCancelled: boolean };

/** A delivery under way. */
export interface Delivery {
  readonly prompt: Prompt;
  readonly attempt: number;
  readonly step: "looking" | "delivering" | "confirming" | "inspecting";
  /** When the step has taken too long, by the monotonic clock. */
  readonly deadline: number;
  /** Enters that were repeated. */
  readonly enters: number;
  /** Whether the harness had its time to report the prompt. */
  readonly hasWaited: boolean;
}

/** The prompts of one agent without a verdict, and what is known of its harness. */
export interface Queue {
  readonly channel: Channel;
  readonly waiting: readonly OpenPrompt[];
  readonly delivery: Delivery | null;
  readonly isUp: boolean;
  /** Nothing was typed and no turn began since the harness was seen to be idle. */
  readonly isIdle: boolean;
  /** When something was last typed or a turn began, by the monotonic clock: an older report of idleness is of an earlier turn. */
  readonly lastWork: number;
  /** When to look again after something was in the way; null if nothing is. */
  readonly retry: number | null;
}

/** Both clocks at the time of an event, in milliseconds: one only grows, the other is what people set. */
export interface Now {
  readonly monotonic: number;
  readonly wall: number;
}

export interface Step {
  readonly queue: Queue;
  readonly effects: readonly Effect[];
}
