import type { JsonObject } from "../../schema/json.ts";
import {
  aboutInput,
  listOf,
  objectOf,
  type SessionFiles,
  type SessionRecord,
  textOf,
  timeOf,
  tokensOf,
} from "../../schema/session-record.ts";

type Common = Pick<SessionRecord, "at" | "turn">;

function fromModel(record: JsonObject, common: Common): readonly SessionRecord[] {
  const text = textOf(record, "content") ?? "";
  const tokens = objectOf(record, "tokens");
  const calls = listOf(record, "toolCalls").flatMap((call): readonly SessionRecord[] => [
    { ...common, kind: "call", name: textOf(call, "name") ?? "", about: aboutInput(call["args"]) },
    { ...common, kind: "result", isError: call["status"] === "error" },
  ]);
  return [
    ...(text === "" || calls.length > 0 ? [] : [{ ...common, kind: "text" as const, text }]),
    ...calls,
    {
      ...{ ...common, kind: "usage", request: textOf(record, "id") },
      ...{
        input: tokensOf(tokens, "input", "tool"),
        output: tokensOf(tokens, "output", "thoughts"),
      },
    },
  ];
}

function read(record: JsonObject): readonly SessionRecord[] {
  const common = { at: timeOf(record, "timestamp"), turn: null };
  const detail = textOf(record, "content");
  switch (textOf(record, "type")) {
    case "user": {
      const parts = listOf(record, "content");
      const text = parts.map((part) => textOf(part, "text") ?? "").join("");
      return text === "" ? [] : [{ ...common, kind: "prompt", text, id: null, isMidTurn: false }];
    }
    case "gemini":
      return fromModel(record, common);
    case "error":
      return [{ ...common, kind: "end", reason: "failed", detail }];
    case "info":
      return detail === "Request cancelled."
        ? [{ ...common, kind: "end", reason: "aborted", detail: null }]
        : [];
    default:
      return [];
  }
}

/** The file does not say that a turn is over, if all went well. */
export const sessions: SessionFiles = {
  path: ".gemini/tmp/*/chats/session-*-{short}.jsonl",
  query: null,
  read,
};
