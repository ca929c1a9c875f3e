import * as z from "zod";
import { ACTIVITIES } from "./activities.ts";

/** What an agent does. docs/architecture.md explains the states. */
export const Activity = z.enum(ACTIVITIES);
export type Activity = z.output<typeof Activity>;

/** An agent's record of its state, as forge-signal writes it. */
export const ActivityRecord = z.looseObject({
  at: z.number().describe("Milliseconds since 1970."),
  state: Activity,
  event: z.string().describe("How it is known: an event of the harness, or `screen`."),
});
export type ActivityRecord = z.output<typeof ActivityRecord>;

/** A line of an agent's events: its harness may also tell what changes no state. An agent can write anything there. */
export const ActivityReport = ActivityRecord.extend({
  state: Activity.optional(),
  session: z.string().nullish().catch(null).describe("The harness's name of the conversation."),
  turn: z.string().nullish().catch(null).describe("The harness's name of the turn."),
});
export type ActivityReport = z.output<typeof ActivityReport>;
