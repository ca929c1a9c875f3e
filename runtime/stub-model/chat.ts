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

const Request = z.object({
  model: z.string(),
  messages: z.array(
    z.object({
      role: z.enum(["system", "developer", "user", "assistant", "tool"]),
      content: Content,
    }),
  ),
  tools: z.array(z.object({ function: z.object({ name: z.string() }).optional() })).default([]),
  stream: z.boolean().optional(),
});

/** OpenAI Chat Completions. */
export const chat: Wire = Object.freeze({
  path: /^\/v1\/chat\/completions$/,
  read(body: unknown) {
    const { model, messages, tools, stream } = Request.parse(body);
    const items = messages.map(
      ({ role, content }): Item => ({ from: FROM[role], text: textOf(content) }),
    );
    return turnOf(items, { model, stream, tools: tools.flatMap((t) => t.function?.name ?? []) });
  },
  whole: (answer: Answer, stamp: Stamp) => ({
    ...envelope("chat.completion", stamp),
    choices: [{ index: 0, message: messageOf(answer, stamp), finish_reason: finishOf(answer) }],
    usage: USAGE,
  }),
  events: streamed,
  error: openaiError,
});

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

function envelope(object: string, { id, model }: Stamp) {
  return { id: `chatcmpl-${id}`, object, created: 0, model };
}

const finishOf = ({ kind }: Answer): string => (kind === "tool" ? "tool_calls" : "stop");

function messageOf(answer: Answer, { id }: Stamp) {
  if (answer.kind === "text") return { role: "assistant", content: answer.text };
  const call = { name: answer.name, arguments: JSON.stringify(answer.input) };
  return {
    role: "assistant",
    content: null,
    tool_calls: [{ id: `call_${id}`, type: "function", function: call }],
  };
}

function streamed(answer: Answer, stamp: Stamp): ReadonlyArray<ServerSentEvent> {
  const chunk = (choices: ReadonlyArray<object>, more: object = {}) => ({
    data: { ...envelope("chat.completion.chunk", stamp), choices, ...more },
  });
  const delta = (part: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: part, finish_reason: finish }]);
  return [
    delta({ role: "assistant", content: answer.kind === "text" ? "" : null }),
    ...deltas(answer, stamp).map((part) => delta(part)),
    delta({}, finishOf(answer)),
    chunk([], { usage: USAGE }),
    { data: "[DONE]" },
  ];
}

function deltas(answer: Answer, { id }: Stamp): ReadonlyArray<object> {
  if (answer.kind === "text") return chunksOf(answer.text).map((content) => ({ content }));
  const start = { id: `call_${id}`, type: "function" };
  return [
    { tool_calls: [{ index: 0, ...start, function: { name: answer.name, arguments: "" } }] },
    ...chunksOf(JSON.stringify(answer.input)).map((part) => ({
      tool_calls: [{ index: 0, function: { arguments: part } }],
    })),
  ];
}
