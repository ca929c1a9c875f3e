import * as z from "zod";
import {
  type Answer,
  chunksOf,
  type ErrorStatus,
  type Item,
  type ServerSentEvent,
  type Stamp,
  turnOf,
  type Wire,
} from "./wire.ts";

const Part = z.object({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionResponse: z.object({ response: z.unknown() }).optional(),
});
type Part = z.infer<typeof Part>;
const Message = z.object({ role: z.enum(["user", "model"]).default("user"), parts: z.array(Part) });
const Request = z.object({
  systemInstruction: z.object({ parts: z.array(Part) }).optional(),
  contents: z.array(Message),
  tools: z
    .array(z.object({ functionDeclarations: z.array(z.object({ name: z.string() })).default([]) }))
    .default([]),
});

const STATUSES = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  529: "UNAVAILABLE",
} as const satisfies Record<ErrorStatus, string>;

/** Without it clients take a refusal for a short one, and try again for minutes. */
const DAILY_QUOTA = {
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel" }],
};

/** Gemini's generateContent; model and streaming are in the path. */
export const gemini: Wire = Object.freeze({
  path: /^\/v1(?:alpha|beta)?\/models\/(?<model>[^:/]+):(?<method>generateContent|streamGenerateContent)$/,
  read(body: unknown, { model = "", method }: Record<string, string>) {
    const { systemInstruction, contents, tools } = Request.parse(body);
    const role: Item = { from: "system", text: textOf(systemInstruction?.parts ?? []) };
    const names = tools.flatMap((tool) => tool.functionDeclarations.map(({ name }) => name));
    const stream = method === "streamGenerateContent";
    return turnOf([role, ...contents.flatMap(itemsOf)], { model, stream, tools: names });
  },
  whole: (answer: Answer, stamp: Stamp) => response(stamp, partOf(answer, stamp), "STOP"),
  events: streamed,
  error: (code: ErrorStatus, message: string) => ({
    error: { code, message, status: STATUSES[code], details: code === 429 ? [DAILY_QUOTA] : [] },
  }),
});

const textOf = (parts: ReadonlyArray<Part>): string =>
  parts.flatMap(({ text, thought }) => (thought ? [] : (text ?? []))).join("\n");

function itemsOf({ role, parts }: z.infer<typeof Message>): ReadonlyArray<Item> {
  const results = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
  return [
    ...results.map((result): Item => ({ from: "tool", text: resultText(result.response) })),
    { from: role, text: textOf(parts) },
  ];
}

/** Tools answer an object; by convention their words are its `output` or `error`. */
function resultText(response: unknown): string {
  const words = z.object({ output: z.string().optional(), error: z.string().optional() });
  const { output, error } = words.safeParse(response).data ?? {};
  return output ?? error ?? JSON.stringify(response);
}

function partOf(answer: Answer, { id }: Stamp): object {
  return answer.kind === "text"
    ? { text: answer.text }
    : { functionCall: { id: `call_${id}`, name: answer.name, args: answer.input } };
}

function response({ id, model }: Stamp, part: object, finishReason?: "STOP") {
  return {
    candidates: [{ index: 0, content: { role: "model", parts: [part] }, finishReason }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: model,
    responseId: id,
  };
}

/** A call comes in one piece; only the last event has a reason why it ends. */
function streamed(answer: Answer, stamp: Stamp): ReadonlyArray<ServerSentEvent> {
  const parts =
    answer.kind === "text"
      ? chunksOf(answer.text).map((text) => ({ text }))
      : [partOf(answer, stamp)];
  return [...parts.map((part) => response(stamp, part)), response(stamp, { text: "" }, "STOP")].map(
    (data) => ({ data }),
  );
}
