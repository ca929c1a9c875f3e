import * as z from "zod";

/** What a rule says of an agent that cannot work. `option` is relative to the agent. */
export const Problem = z.strictObject({
  option: z.string(),
  problem: z.string(),
  fix: z.string(),
});
export type Problem = z.output<typeof Problem>;
