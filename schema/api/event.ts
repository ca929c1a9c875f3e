import * as z from "zod";
import { AgentStatus } from "../agent-status.ts";
import { PromptRecord } from "../prompt-record.ts";

const common = {
  id: z.int().min(1).describe("Grows by one with each event, and goes on after a restart."),
  at: z.int().describe("Milliseconds since 1970."),
  agent: z.string(),
};

/** Something that happened to an agent. */
export const HostEvent = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...common, kind: z.literal("status"), data: AgentStatus }),
    z.strictObject({
      ...common,
      kind: z.literal("prompt"),
      data: PromptRecord.omit({ text: true }).describe(
        "A prompt that came into another phase, or whose turn ended; without its answer.",
      ),
    }),
    z.strictObject({
      ...common,
      kind: z.literal("finished"),
      data: z.looseObject({}).describe("A turn that ended."),
    }),
  ])
  .meta({ id: "HostEvent", description: "Something that happened to an agent." });
export type HostEvent = z.output<typeof HostEvent>;

/** Comes instead of events that are not kept any more: what was known before has to be asked for again. */
export const Reset = z
  .strictObject({ after: z.int().describe("The id after which events are missing.") })
  .meta({
    id: "Reset",
    description: "Events are missing. Get the agents again; what follows is complete from there.",
  });
export type Reset = z.output<typeof Reset>;
