import * as z from "zod";
import { FROM, openaiError } from "./openai.ts";
import {
  type Answer,
  Content,
  chunksOf,
  type Item,
  type ServerSentEvent,
  type Stamp,
  textOf,
  turnOf,
  type Wire,
} from "./wire.ts";

const Entry = z.object({
  type: z.string().default("message"),
  role: z.enum(["system", "developer", "user", "assistant"]).optional(),
  content: z.unknown().optional(),
  output: z.unknown().optional(),
});
const Request = z.object({
  model: z.string(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(Entry)]),
  tools: z
    .array(
      z.object({
        type: z.string(),
        name: z.string().optional(),
        tools: z.array(z.object({ name: z.string() })).optional(),
      }),
    )
    .default([]),
  stream: z.boolean().optional(),
});

/** OpenAI Responses. */
export const responses: Wire = Object.freeze({
  path: /^\/v1\/responses$/,
  read(body: unknown) {
    const { model, instructions, input, tools, stream } = Request.parse(body);
    const items: ReadonlyArray<Item> =
      typeof input === "string" ? [{ from: "user", text: input }] : input.flatMap(itemsOf);
    const role: Item = { from: "system", text: instructions ?? "" };
    const names = tools.flatMap(({ type, name = type, tools: within }) =>
      within ? within.map((tool) => `${name}.${tool.name}`) : [name],
    );
    return turnOf([role, ...items], { model, stream, tools: names });
  },
  whole: (answer: Answer, stamp: Stamp) =>
    response(stamp, "completed", [outputOf(answer, stamp, "completed")]),
  events: (answer: Answer, stamp: Stamp) =>
    streamed(answer, stamp).map(
      (data, sequence_number): ServerSentEvent => ({
        event: data.type,
        data: { ...data, sequence_number },
      }),
    ),
  error: openaiError,
});

function itemsOf({ type, role, content, output }: z.infer<typeof Entry>): ReadonlyArray<Item> {
  if (type.endsWith("_call_output")) return [{ from: "tool", text: lenientText(output) }];
  return role === undefined ? [] : [{ from: FROM[role], text: lenientText(content) }];
}

function lenientText(value: unknown): string {
  const content = Content.safeParse(value);
  return content.success ? textOf(content.data) : JSON.stringify(value);
}

type Status = "in_progress" | "completed";

function response({ id, model }: Stamp, status: Status, output: ReadonlyArray<object>) {
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: 0,
    status,
    error: null,
    model,
    output,
    usage: status === "completed" ? USAGE : null,
  };
}

const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2,
};

const partOf = (text: string) => ({ type: "output_text", text, annotations: [] });

/** The one output item: complete, or as it looks when it has just begun. */
function outputOf(answer: Answer, { id }: Stamp, status: Status) {
  const done = status === "completed";
  if (answer.kind === "text") {
    const content = done ? [partOf(answer.text)] : [];
    return { id: `msg_${id}`, type: "message", role: "assistant", status, content };
  }
  const json = done ? JSON.stringify(answer.input) : "";
  // A tool of a namespace is called `namespace.name` here: neither part may have a dot of its own.
  const [name = "", namespace] = answer.name.split(".").reverse();
  const call = { call_id: `call_${id}`, name, arguments: json, ...(namespace && { namespace }) };
  return { id: `fc_${id}`, type: "function_call", status, ...call };
}

function streamed(answer: Answer, stamp: Stamp) {
  const begun = outputOf(answer, stamp, "in_progress");
  const item = outputOf(answer, stamp, "completed");
  return [
    { type: "response.created", response: response(stamp, "in_progress", []) },
    { type: "response.output_item.added", output_index: 0, item: begun },
    ...contentEvents(answer).map((event) => ({ ...event, item_id: item.id, output_index: 0 })),
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: response(stamp, "completed", [item]) },
  ];
}

type ContentEvent = { readonly type: string; readonly [field: string]: unknown };

function contentEvents(answer: Answer): ReadonlyArray<ContentEvent> {
  if (answer.kind === "tool") {
    const json = JSON.stringify(answer.input);
    const type = "response.function_call_arguments";
    return [
      ...chunksOf(json).map((delta) => ({ type: `${type}.delta`, delta })),
      { type: `${type}.done`, arguments: json },
    ];
  }
  const { text } = answer;
  return [
    { type: "response.content_part.added", part: partOf("") },
    ...chunksOf(text).map((delta) => ({ type: "response.output_text.delta", delta })),
    { type: "response.output_text.done", text },
    { type: "response.content_part.done", part: partOf(text) },
  ].map((event) => ({ ...event, content_index: 0 }));
}
