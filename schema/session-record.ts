import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { EndOfTurn } from "./phases.ts";

/** What a harness wrote into its session file, in one form for all harnesses. */
interface Common {
  /** Milliseconds since 1970; null where the file does not say. */
  readonly at: number | null;
  /** The harness's own id of the turn, where it has one. */
  readonly turn: string | null;
}

export type SessionRecord = Common &
  (
    | {
        readonly kind: "prompt";
        readonly text: string;
        /** forge's id of the prompt, where forge put it into the record. */
        readonly id: string | null;
        /** Whether it came into a turn that was running. */
        readonly isMidTurn: boolean;
      }
    | { readonly kind: "text"; readonly text: string }
    /** `about` is the most telling part of the tool's input. */
    | { readonly kind: "call"; readonly name: string; readonly about: string }
    | { readonly kind: "result"; readonly isError: boolean }
    | { readonly kind: "end"; readonly reason: EndOfTurn; readonly detail: string | null }
    /** Tokens of one request to the model, those from the cache included. A later record of the same request counts instead. */
    | {
        readonly kind: "usage";
        readonly request: string | null;
        readonly input: number;
        readonly output: number;
      }
  );

/**
 * Reads one record of a session file. Pure, and never throws: the agent may have written anything there. Gives nothing for
 * what it does not know.
 */
export type SessionParser = (record: JsonObject) => readonly SessionRecord[];

/** Where a harness keeps its conversations, below the agent's state directory, and how one record of them is read. */
export type SessionFiles = {
  /**
   * A path. `*` is any part of a name, `{session}` the conversation's id, `{short}` the first 8 characters of the id. The
   * newest of several files counts.
   */
  readonly path: string;
  readonly read: SessionParser;
  /**
   * null: each line of the file is a record in JSON. Otherwise the file is an SQLite database, and this a query that gives
   * rows of text, newest first: `key` is unique, and the parser gets the row. Parameters: `$session`, `$most` messages at
   * most, `$bytes` of one value at most.
   */
  readonly query: string | null;
};

const ABOUT = 200;

/** The first text in a tool's input: a command, a path, a question. */
export function aboutInput(input: Json | undefined): string {
  const values = isJsonObject(input) ? Object.values(input) : [input];
  const text = values.find((value) => typeof value === "string") ?? "";
  return text.length > ABOUT ? `${text.slice(0, ABOUT)}…` : text;
}

/** A field that is text, or null. */
export const textOf = (object: JsonObject, field: string): string | null => {
  const value = object[field];
  return typeof value === "string" ? value : null;
};

/** A field that is a number of tokens; 0 for anything else. */
export const tokensOf = (object: JsonObject, ...fields: readonly string[]): number =>
  fields.reduce((sum, field) => {
    const value = object[field];
    return typeof value === "number" && Number.isFinite(value) && value > 0 ? sum + value : sum;
  }, 0);

/** A field that is an object; an empty one for anything else. */
export const objectOf = (object: JsonObject, field: string): JsonObject => {
  const value = object[field];
  return isJsonObject(value) ? value : {};
};

/** The objects in a field that is a list. */
export const listOf = (object: JsonObject, field: string): readonly JsonObject[] => {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
};

/** Milliseconds since 1970, from a time in ISO 8601. */
export const timeOf = (object: JsonObject, field: string): number | null => {
  const at = Date.parse(textOf(object, field) ?? "");
  return Number.isNaN(at) ? null : at;
};

/** A number in a field, or null. */
export const numberOf = (object: JsonObject, field: string): number | null => {
  const value = object[field];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

/** The parts of type text, together. */
export const partsOf = (parts: readonly JsonObject[], type: string): string =>
  parts
    .filter((part) => textOf(part, "type") === type)
    .map((part) => textOf(part, "text") ?? "")
    .join("");
