export const ACTIONS = ["start", "stop", "restart", "interrupt"] as const;
/** `interrupt` ends a running turn in the harness's own way; the harness goes on running. */
export type Action = (typeof ACTIONS)[number];
