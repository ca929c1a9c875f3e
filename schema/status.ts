import * as z from "zod";
import { STATES } from "./runtime.ts";

/** What an agent does. docs/architecture.md explains the states. */
export const State = z.enum(STATES);
export type State = z.output<typeof State>;

/** An agent's record of its state, as forge-signal writes it. */
export const Status = z.looseObject({
  at: z.number().describe("Milliseconds since 1970."),
  state: State,
  event: z.string().describe("How it is known: an event of the harness, or `screen`."),
});
export type Status = z.output<typeof Status>;
