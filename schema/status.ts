import * as z from "zod";

/** What an agent's harness last said of itself: the one line of /run/forge/agents/<name>/status. */
export const StatusLine = z.looseObject({
  /** Milliseconds since 1970. */
  at: z.int(),
  /** `ready`, `busy`, `waiting-permission`, … */
  state: z.string().regex(/^[a-z][a-z-]*$/),
});
