import { type JsonObject, objectIn } from "../../schema/json.ts";
import type { EndOfTurn } from "../../schema/phases.ts";
import {
  aboutInput,
  numberOf,
  objectOf,
  type SessionFiles,
  type SessionRecord,
  textOf,
  tokensOf,
} from "../../schema/session-record.ts";
import { DATABASE } from "./database.ts";

type Common = Pick<SessionRecord, "at" | "turn">;

/** A message's parts stand before the message itself, which says how it ended. */
const QUERY = `
  WITH latest AS (
    SELECT id, time_created, data FROM message
    WHERE session_id = $session AND octet_length(data) <= $bytes
    ORDER BY time_created DESC, id DESC LIMIT $most
  )
  SELECT part.id AS key, latest.id AS message, latest.data AS of, part.data AS part, latest.time_created AS time, 0 AS rank
    FROM latest JOIN part ON part.message_id = latest.id WHERE octet_length(part.data) <= $bytes
  UNION ALL SELECT id, id, data, NULL, time_created, 1 FROM latest
  ORDER BY time DESC, message DESC, rank DESC, key DESC`;

/** The parts that are complete: a text grows in its place. */
function fromPart(part: JsonObject, common: Common, isPrompt: boolean): readonly SessionRecord[] {
  const text = textOf(part, "text");
  const state = objectOf(part, "state");
  const isOver = numberOf(objectOf(part, "time"), "end") !== null;
  if (part["type"] === "text" && text !== null && part["synthetic"] !== true) {
    if (isPrompt) return [{ ...common, kind: "prompt", text, id: null, isMidTurn: false }];
    return isOver ? [{ ...common, kind: "text", text }] : [];
  }
  const status = textOf(state, "status");
  if (part["type"] !== "tool" || (status !== "completed" && status !== "error")) return [];
  const about = aboutInput(state["input"]);
  return [
    { ...common, kind: "call", name: textOf(part, "tool") ?? "", about },
    { ...common, kind: "result", isError: status === "error" },
  ];
}

function endOf(message: JsonObject): EndOfTurn | undefined {
  const error = textOf(objectOf(message, "error"), "name");
  if (error !== null) return error === "MessageAbortedError" ? "aborted" : "failed";
  const finish = textOf(message, "finish");
  return finish === null || finish === "tool-calls" ? undefined : "finished";
}

function fromMessage(
  message: JsonObject,
  common: Common,
  id: string | null,
): readonly SessionRecord[] {
  const completed = numberOf(objectOf(message, "time"), "completed");
  if (message["role"] !== "assistant" || completed === null) return [];
  const tokens = objectOf(message, "tokens");
  const input = tokensOf(tokens, "input") + tokensOf(objectOf(tokens, "cache"), "read", "write");
  const reason = endOf(message);
  const detail = textOf(objectOf(objectOf(message, "error"), "data"), "message");
  const then = { ...common, at: completed };
  return [
    {
      ...{ ...then, kind: "usage", request: id, input },
      output: tokensOf(tokens, "output", "reasoning"),
    },
    ...(reason === undefined ? [] : [{ ...then, kind: "end" as const, reason, detail }]),
  ];
}

function read(row: JsonObject): readonly SessionRecord[] {
  const message = objectIn(textOf(row, "of") ?? "");
  const id = textOf(row, "message");
  const isPrompt = message["role"] === "user";
  const turn = isPrompt ? id : textOf(message, "parentID");
  const common = { at: numberOf(objectOf(message, "time"), "created"), turn };
  const part = textOf(row, "part");
  if (part !== null) return fromPart(objectIn(part), common, isPrompt);
  return fromMessage(message, common, id);
}

export const sessions: SessionFiles = { path: DATABASE, query: QUERY, read };
