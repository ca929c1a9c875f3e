import * as z from "zod";
import {
  type Answer,
  Content,
  chunksOf,
  type ErrorStatus,
  type Item,
  type Stamp,
  textOf,
  turnOf,
  type Wire,
} from "./wire.ts";

const Block = z.object({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
});
const Message = z.object({
  role: z.enum(["user", "assistant", "system"]),
  content: z.union([z.string(), z.array(Block)]),
});
const Request = z.object({
  model: z.string(),
  system: Content,
  messages: z.array(Message),
  tools: z.array(z.object({ name: z.string() })).default([]),
  stream: z.boolean().optional(),
});

const ERROR_TYPES = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
} as const satisfies Record<ErrorStatus, string>;

/** Anthropic Messages. */
export const anthropic: Wire = Object.freeze({
  path: /^\/v1\/messages$/,
  read(body: unknown) {
    const { model, system, messages, tools, stream } = Request.parse(body);
    const items = messages.flatMap(itemsOf);
    const role: Item = { from: "system", text: textOf(system) };
    return turnOf([role, ...items], { model, stream, tools: tools.map(({ name }) => name) });
  },
  whole: (answer: Answer, stamp: Stamp) => message(stamp, [blockOf(answer, stamp)], stopOf(answer)),
  events: (answer: Answer, stamp: Stamp) =>
    streamed(answer, stamp).map((data) => ({ event: data.type, data })),
  error: (status: ErrorStatus, text: string) => ({
    type: "error",
    error: { type: ERROR_TYPES[status], message: text },
  }),
});

const FROM = { user: "user", assistant: "model", system: "system" } as const;

function itemsOf({ role, content }: z.infer<typeof Message>): ReadonlyArray<Item> {
  if (typeof content === "string") return [{ from: FROM[role], text: content }];
  const results = content.filter(({ type }) => type === "tool_result");
  return [
    ...results.map((result): Item => ({ from: "tool", text: resultText(result.content) })),
    { from: FROM[role], text: textOf(content) },
  ];
}

function resultText(content: unknown): string {
  const known = Content.safeParse(content);
  return known.success ? textOf(known.data) : JSON.stringify(content);
}

function message({ id, model }: Stamp, content: ReadonlyArray<object>, stop: string | null) {
  return {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

function blockOf(answer: Answer, { id }: Stamp) {
  return answer.kind === "text"
    ? { type: "text", text: answer.text }
    : { type: "tool_use", id: `toolu_${id}`, name: answer.name, input: answer.input };
}

const stopOf = ({ kind }: Answer): string => (kind === "tool" ? "tool_use" : "end_turn");

function streamed(answer: Answer, stamp: Stamp) {
  const block = blockOf(answer, stamp);
  const empty = answer.kind === "text" ? { ...block, text: "" } : { ...block, input: {} };
  return [
    { type: "message_start", message: message(stamp, [], null) },
    { type: "content_block_start", index: 0, content_block: empty },
    ...deltas(answer).map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: stopOf(answer), stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ];
}

function deltas(answer: Answer): ReadonlyArray<object> {
  return answer.kind === "text"
    ? chunksOf(answer.text).map((text) => ({ type: "text_delta", text }))
    : chunksOf(JSON.stringify(answer.input)).map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
}
