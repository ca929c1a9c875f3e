import * as z from "zod";

/** What an agent does: the words of its records, of `forge ps` and of `forge up`. docs/architecture.md explains them. */
export const State = z.enum([
  "starting",
  "ready",
  "busy",
  "waiting-permission",
  "waiting-login",
  "rate-limited",
  "unknown",
  "exited",
]);
export type State = z.output<typeof State>;

/** An agent's record of its state, as forge-signal writes it. */
export const Status = z.looseObject({
  at: z.number().describe("Milliseconds since 1970."),
  state: State,
  event: z.string().describe("How it is known: an event of the harness, or `screen`."),
});
export type Status = z.output<typeof Status>;
