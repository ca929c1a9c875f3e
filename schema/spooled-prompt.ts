import * as z from "zod";
import { AgentName } from "./names.ts";

/** A prompt that was sent while the daemon could not be reached, as a file of the spool. */
export const SpooledPrompt = z.strictObject({
  agent: AgentName,
  text: z.string(),
  key: z.string().min(1).max(200),
  priority: z.int().min(-10).max(10).exactOptional(),
  /** When it was sent, and after when it is not delivered any more: milliseconds since 1970. */
  sent: z.int(),
  expires: z
    .int()
    .max(2 ** 52)
    .exactOptional(),
});
export type SpooledPrompt = z.output<typeof SpooledPrompt>;
