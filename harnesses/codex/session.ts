import { type JsonObject, objectIn } from "../../schema/json.ts";
import {
  aboutInput,
  listOf,
  objectOf,
  partsOf,
  type SessionFiles,
  type SessionRecord,
  textOf,
  timeOf,
  tokensOf,
} from "../../schema/session-record.ts";

type Common = Pick<SessionRecord, "at" | "turn">;

function fromItem(item: JsonObject, common: Common): readonly SessionRecord[] {
  const parts = listOf(item, "content");
  switch (textOf(item, "type")) {
    case "UserMessage":
      return [
        {
          ...common,
          kind: "prompt",
          text: partsOf(parts, "text"),
          id: textOf(item, "client_id"),
          isMidTurn: false,
        },
      ];
    case "AgentMessage":
      return [{ ...common, kind: "text", text: partsOf(parts, "Text") }];
    default:
      return [];
  }
}

function fromEvent(payload: JsonObject, common: Common): readonly SessionRecord[] {
  switch (textOf(payload, "type")) {
    case "item_completed":
      return fromItem(objectOf(payload, "item"), common);
    case "task_complete": {
      const detail = textOf(objectOf(payload, "error"), "message");
      return [{ ...common, kind: "end", reason: detail === null ? "finished" : "failed", detail }];
    }
    case "turn_aborted":
      return [{ ...common, kind: "end", reason: "aborted", detail: textOf(payload, "reason") }];
    case "token_count": {
      const usage = objectOf(objectOf(payload, "info"), "last_token_usage");
      const input = tokensOf(usage, "input_tokens");
      return [
        {
          ...common,
          kind: "usage",
          request: null,
          input,
          output: tokensOf(usage, "output_tokens"),
        },
      ];
    }
    default:
      return [];
  }
}

function fromResponse(item: JsonObject, common: Common): readonly SessionRecord[] {
  const name = textOf(item, "name") ?? "";
  switch (textOf(item, "type")) {
    case "function_call": {
      const input = objectIn(textOf(item, "arguments") ?? "");
      return [{ ...common, kind: "call", name, about: aboutInput(input) }];
    }
    case "custom_tool_call":
      return [{ ...common, kind: "call", name, about: aboutInput(item["input"]) }];
    case "function_call_output":
    case "custom_tool_call_output":
      return [{ ...common, kind: "result", isError: false }]; // the record does not say
    default:
      return [];
  }
}

function read(record: JsonObject): readonly SessionRecord[] {
  const payload = objectOf(record, "payload");
  const common = { at: timeOf(record, "timestamp"), turn: textOf(payload, "turn_id") };
  if (record["type"] === "event_msg") return fromEvent(payload, common);
  if (record["type"] === "response_item") return fromResponse(payload, common);
  return [];
}

export const sessions: SessionFiles = {
  path: "codex/sessions/*/*/*/rollout-*-{session}.jsonl",
  query: null,
  read,
};
