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

export const isVerdict = (phase: Phase): boolean => phase !== "queued" && phase !== "delivering";
