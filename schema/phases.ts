/** How it stands with a prompt. The last four are verdicts: each prompt gets exactly one. */
export const PHASES = [
  "queued",
  "delivering",
  "submitted",
  "unconfirmed",
  "failed",
  "cancelled",
] as const;
export type Phase = (typeof PHASES)[number];

/** `aborted`: a person or forge broke the turn off. `failed`: the harness or its provider did. */
export const ENDS = ["finished", "aborted", "failed"] as const;
export type EndOfTurn = (typeof ENDS)[number];

/** What can be waited for. A prompt that was not submitted has no turn, so its verdict ends every wait. */
export type Awaited = "verdict" | "finished";

export const isAwaited = (
  until: Awaited,
  { phase, finished }: { readonly phase: Phase; readonly finished: number | null },
): boolean =>
  until === "finished" && phase === "submitted" ? finished !== null : isVerdict(phase);

export const isVerdict = (phase: Phase): boolean => phase !== "queued" && phase !== "delivering";
