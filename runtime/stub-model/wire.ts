import * as z from "zod";

/** One model request, whatever wire format it came in. */
export type Turn = {
  readonly model: string;
  readonly system: string;
  readonly userText: string;
  /** Set when the conversation ends with a tool's result instead of the user's words. */
  readonly toolResult: string | undefined;
  /** Names of the tools on offer. */
  readonly tools: ReadonlyArray<string>;
  readonly stream: boolean;
};

export type Answer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool"; readonly name: string; readonly input: Record<string, unknown> };

export const ErrorStatus = z.literal([400, 401, 403, 404, 413, 429, 500, 529]);
export type ErrorStatus = z.infer<typeof ErrorStatus>;

export type Reply = Answer | { readonly kind: "error"; readonly status: ErrorStatus };

/** What an answer carries besides its content; the id is unique within one stub. */
export type Stamp = { readonly id: string; readonly model: string };

export type ServerSentEvent = { readonly event?: string; readonly data: unknown };

/** A wire format: pure functions from a request body to a turn, and from an answer to bytes. */
export type Wire = {
  readonly path: RegExp;
  /** `inPath` holds the named groups of `path`. Throws a ZodError on a body that is not of this format. */
  readonly read: (body: unknown, inPath: Readonly<Record<string, string>>) => Turn;
  readonly whole: (answer: Answer, stamp: Stamp) => object;
  readonly events: (answer: Answer, stamp: Stamp) => ReadonlyArray<ServerSentEvent>;
  readonly error: (status: ErrorStatus, message: string) => object;
};

/** Message content as most formats write it: a string, or blocks of which some have text. */
export const Content = z
  .union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))])
  .nullish();
export type Content = z.infer<typeof Content>;

export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return (content ?? []).flatMap(({ text }) => text ?? []).join("\n");
}

export type Item = { readonly from: "system" | "user" | "tool" | "model"; readonly text: string };

type Rest = Pick<Turn, "model" | "tools"> & { readonly stream: boolean | undefined };

/** Reduces a conversation to what decides the answer. */
export function turnOf(items: ReadonlyArray<Item>, { model, tools, stream = false }: Rest): Turn {
  const spoken = items
    .filter(({ from }) => from === "user" || from === "tool")
    .map(({ from, text }) => ({ from, text: withoutNotes(text) }))
    .filter(({ from, text }) => from === "tool" || text !== "");
  const last = spoken.at(-1);
  return {
    model,
    tools,
    stream,
    system: items
      .flatMap(({ from, text }) => (from === "system" && text !== "" ? text : []))
      .join("\n\n"),
    userText: spoken.findLast(({ from }) => from === "user")?.text ?? "",
    toolResult: last?.from === "tool" ? last.text : undefined,
  };
}

// Harnesses put notes of their own beside the user's words and a tool's result.
function withoutNotes(text: string): string {
  return text.replace(/<(system-reminder|session_context)>.*?<\/\1>/gs, "").trim();
}

export function chunksOf(text: string): ReadonlyArray<string> {
  return text.match(/.{1,40}/gsu) ?? [];
}
