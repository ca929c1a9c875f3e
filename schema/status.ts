import * as z from "zod";

/** What an agent's harness last said of itself: the one line of /run/forge/agents/<name>/status. */
export const StatusLine = z.looseObject({
  at: z.iso.datetime({ offset: true }),
  /** `ready`, `busy`, `waiting-permission`, … */
  state: z.string().regex(/^[a-z][a-z-]*$/),
});
