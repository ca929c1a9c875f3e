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

/** A long paste stands between two lines of the harness's own. */
const PASTED = /^\s*<pasted_content id="([^"]*)">\n([\s\S]*)\n<\/pasted_content id="\1">\s*$/;
const BROKEN_OFF = /^\[Request interrupted by user/;

/** What a person or forge sent, and what tools said. */
function fromUser(record: JsonObject, common: Common): readonly SessionRecord[] {
  const message = objectOf(record, "message");
  const parts = listOf(message, "content");
  const results = parts.filter((part) => part["type"] === "tool_result");
  if (results.length > 0)
    return results.map((result) => ({
      ...common,
      kind: "result",
      isError: result["is_error"] === true,
    }));
  const texts = parts.filter((part) => part["type"] === "text");
  const text =
    textOf(message, "content") ?? texts.map((part) => textOf(part, "text") ?? "").join("");
  if (BROKEN_OFF.test(text)) return [{ ...common, kind: "end", reason: "aborted", detail: null }];
  const isPrompt = text !== "" && record["isMeta"] !== true && common.turn !== null;
  if (!isPrompt) return [];
  const sent = PASTED.exec(text)?.[2] ?? text;
  return [{ ...common, kind: "prompt", text: sent, id: null, isMidTurn: false }];
}

function fromAssistant(record: JsonObject, common: Common): readonly SessionRecord[] {
  const message = objectOf(record, "message");
  const parts = listOf(message, "content").flatMap((part): readonly SessionRecord[] => {
    const [text, name] = [textOf(part, "text"), textOf(part, "name")];
    if (part["type"] === "text" && text !== null) return [{ ...common, kind: "text", text }];
    if (part["type"] !== "tool_use" || name === null) return [];
    return [{ ...common, kind: "call", name, about: aboutInput(part["input"]) }];
  });
  if (record["isApiErrorMessage"] === true) {
    const detail = parts.flatMap((part) => (part.kind === "text" ? part.text : [])).join("");
    return [{ ...common, kind: "end", reason: "failed", detail }];
  }
  const usage = objectOf(message, "usage");
  const input = tokensOf(
    usage,
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
  );
  const output = tokensOf(usage, "output_tokens");
  // Each part of a message is a record of its own, with the usage of the whole.
  return [...parts, { ...common, kind: "usage", request: textOf(message, "id"), input, output }];
}

function read(record: JsonObject): readonly SessionRecord[] {
  if (record["isSidechain"] === true) return []; // a subagent's
  const common = { at: timeOf(record, "timestamp"), turn: textOf(record, "promptId") };
  const attachment = objectOf(record, "attachment");
  switch (textOf(record, "type")) {
    case "user":
      return fromUser(record, common);
    case "assistant":
      return fromAssistant(record, common);
    case "system":
      return record["subtype"] === "turn_duration"
        ? [{ ...common, kind: "end", reason: "finished", detail: null }]
        : [];
    case "attachment": {
      // Sent while a turn ran.
      const text = attachment["type"] === "queued_command" ? textOf(attachment, "prompt") : null;
      return text === null ? [] : [{ ...common, kind: "prompt", text, id: null, isMidTurn: true }];
    }
    default:
      return [];
  }
}

export const sessions: SessionFiles = {
  path: "claude/projects/*/{session}.jsonl",
  query: null,
  read,
};
