/** What an agent does: the states of its records, of `forge ps` and of `forge up`. Without zod, which would slow `forge ps` down. */
export const ACTIVITIES = [
  "starting",
  "ready",
  "busy",
  "stuck",
  "waiting-permission",
  "waiting-login",
  "rate-limited",
  "unknown",
  "exited",
] as const;
