import * as z from "zod";
import { AgentReport } from "../agent-status.ts";
import { ERRORS } from "../error-catalogue.ts";
import { PromptRecord } from "../prompt-record.ts";

export const PROMPT_MOST = 1024 * 1024;
const SECOND = 1000;

export const PromptRequest = z
  .strictObject({
    text: z
      .string()
      .max(PROMPT_MOST)
      .describe("The prompt. Control characters other than line break and tab are refused."),
    key: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe(
        "The same key for the same agent is the same prompt, so a request can be repeated.",
      ),
    priority: z.int().min(-10).max(10).exactOptional().describe("Higher goes first; 0 if not set."),
    ttlMs: z
      .int()
      .min(1)
      .max(366 * 24 * 3600 * SECOND)
      .exactOptional()
      .describe("Milliseconds from now after which the prompt is not delivered any more."),
    wait: z
      .enum(["accepted", "verdict", "finished"])
      .default("accepted")
      .describe(
        "When to answer: once the prompt is on the disk, once it has a verdict, or once its turn is over.",
      ),
    waitMs: z
      .int()
      .min(1)
      .max(600 * SECOND)
      .default(60 * SECOND)
      .describe("Milliseconds to wait at most. The answer is the prompt as it is then."),
  })
  .meta({ id: "PromptRequest", description: "A prompt for an agent." });
export type PromptRequest = z.input<typeof PromptRequest>;

export const AgentList = z
  .strictObject({
    agents: z.array(AgentReport),
    lastEvent: z.int().describe("Follow /v1/events after this id to miss nothing."),
  })
  .meta({ id: "AgentList", description: "All agents of the host." });
export type AgentList = z.output<typeof AgentList>;

/** Lists are without texts: a hundred of them would be too much for one answer. */
export const PromptSummary = PromptRecord.omit({ text: true })
  .extend({ beginning: z.string().describe("The first characters of the text, at most 200.") })
  .meta({ id: "PromptSummary", description: "A prompt without its whole text." });
export type PromptSummary = z.output<typeof PromptSummary>;

export const summaryOf = ({ text, ...rest }: PromptRecord): PromptSummary => ({
  ...rest,
  beginning: /^.{0,200}/su.exec(text)?.[0] ?? "",
});

export const PromptList = z
  .strictObject({ prompts: z.array(PromptSummary) })
  .meta({ id: "PromptList", description: "Prompts of one agent, the latest first." });
export type PromptList = z.output<typeof PromptList>;

export const Problem = z
  .strictObject({
    title: z.string().describe("What the code means."),
    status: z.int(),
    code: z.enum(Object.keys(ERRORS)),
    detail: z.string().describe("What went wrong, and where."),
    fix: z.string().describe("What to do about it."),
  })
  .meta({ id: "Problem", description: "Why a request failed (RFC 9457)." });
export type Problem = z.output<typeof Problem>;
