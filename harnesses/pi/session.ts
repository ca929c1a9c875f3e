import type { JsonObject } from "../../schema/json.ts";
import type { EndOfTurn } from "../../schema/phases.ts";
import {
  aboutInput,
  listOf,
  numberOf,
  objectOf,
  partsOf,
  type SessionFiles,
  type SessionRecord,
  textOf,
  tokensOf,
} from "../../schema/session-record.ts";

type Common = Pick<SessionRecord, "at" | "turn">;

const ENDS: { readonly [stopReason: string]: EndOfTurn } = {
  stop: "finished",
  length: "finished",
  aborted: "aborted",
  error: "failed",
};

function fromAssistant(message: JsonObject, common: Common): readonly SessionRecord[] {
  const parts = listOf(message, "content").flatMap((part): readonly SessionRecord[] => {
    const [text, name] = [textOf(part, "text"), textOf(part, "name")];
    if (part["type"] === "text" && text !== null) return [{ ...common, kind: "text", text }];
    if (part["type"] !== "toolCall" || name === null) return [];
    return [{ ...common, kind: "call", name, about: aboutInput(part["arguments"]) }];
  });
  const usage = objectOf(message, "usage");
  const input = tokensOf(usage, "input", "cacheRead", "cacheWrite");
  const spent = { input, output: tokensOf(usage, "output") };
  const reason = ENDS[textOf(message, "stopReason") ?? ""];
  const detail = textOf(message, "errorMessage");
  return [
    ...parts,
    { ...common, kind: "usage", request: null, ...spent },
    ...(reason === undefined ? [] : [{ ...common, kind: "end" as const, reason, detail }]),
  ];
}

function read(record: JsonObject): readonly SessionRecord[] {
  const message = objectOf(record, "message");
  const common = { at: numberOf(message, "timestamp"), turn: null };
  switch (textOf(message, "role")) {
    case "user": {
      const parts = listOf(message, "content");
      const text = textOf(message, "content") ?? partsOf(parts, "text");
      return [
        {
          ...common,
          kind: "prompt",
          text,
          id: textOf(objectOf(message, "forge"), "id"),
          isMidTurn: false,
        },
      ];
    }
    case "assistant":
      return fromAssistant(message, common);
    case "toolResult":
      return [{ ...common, kind: "result", isError: message["isError"] === true }];
    default:
      return [];
  }
}

export const sessions: SessionFiles = {
  path: "pi/sessions/*/*_{session}.jsonl",
  query: null,
  read,
};
