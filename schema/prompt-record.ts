import * as z from "zod";
import { ENDS, PHASES } from "./phases.ts";

/** A prompt and how it stands, as people ask for it. Times are milliseconds since 1970. */
export const PromptRecord = z
  .strictObject({
    id: z.string(),
    agent: z.string(),
    text: z.string(),
    key: z.string().nullable(),
    priority: z.int(),
    sequence: z.int(),
    /** After this time it is not delivered any more. */
    expires: z.int().nullable(),
    phase: z.enum(PHASES),
    /** Of the last delivery; 0 before the first. */
    attempt: z.int(),
    /** By what it counts as submitted, or why it was not. */
    reason: z.string().nullable(),
    accepted: z.int(),
    changed: z.int(),
    /** When it was last handed over to the harness. */
    handed: z.int().nullable(),
    /** When the turn of a submitted prompt was seen to be over. */
    finished: z.int().nullable(),
    /** How the turn ended; null if that is not known. */
    end: z.enum(ENDS).nullable(),
    /** What the agent said at the end, 1 MiB at most. Lists leave it out. */
    answer: z.string().nullable(),
  })
  .meta({ id: "PromptRecord", description: "A prompt, and how it stands." });
export type PromptRecord = z.output<typeof PromptRecord>;

/** What is asked of whoever delivers prompts. */
export const PromptQuestion = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("send"),
    agent: z.string(),
    text: z.string(),
    /** The same key for the same agent is the same prompt. */
    key: z.string().min(1).max(200).exactOptional(),
    priority: z.int().min(-10).max(10).exactOptional(),
    /** Milliseconds from now. */
    ttl: z.int().min(1).exactOptional(),
    /** Who sends it waits for the answer: refused if forge cannot read the harness's answers. */
    awaitsAnswer: z.literal(true).exactOptional(),
  }),
  z.strictObject({ kind: z.literal("show"), id: z.string() }),
  z.strictObject({
    kind: z.literal("list"),
    agent: z.string().exactOptional(),
    most: z.int().min(1).max(1000),
  }),
  z.strictObject({ kind: z.literal("cancel"), id: z.string() }),
]);
export type PromptQuestion = z.output<typeof PromptQuestion>;
