import type { EndOfTurn } from "../../schema/phases.ts";
import type { SessionRecord } from "../../schema/session-record.ts";

type Of<K extends SessionRecord["kind"]> = Extract<SessionRecord, { kind: K }>;
export type TurnItem = Of<"text"> | Of<"call">;

export interface Usage {
  readonly input: number;
  readonly output: number;
}

/** What an agent did for one prompt, or for several that it took together. */
export interface Turn {
  /** Empty for what was done before the first prompt that is held. */
  readonly prompts: readonly Of<"prompt">[];
  readonly items: readonly TurnItem[];
  /** null while it goes on, or where the harness does not write that it is over. */
  readonly end: { readonly reason: EndOfTurn; readonly detail: string | null } | null;
  readonly usage: Usage;
}

/** The turns of a conversation, oldest first. */
export function turnsOf(records: Iterable<SessionRecord>): readonly Turn[] {
  const turns: Turn[] = [];
  let now = begin([]);
  const close = (): void => {
    if (now.prompts.length > 0 || now.items.length > 0) turns.push(finish(now));
  };
  for (const record of records) {
    if (record.kind === "prompt" && !joins(record, now)) {
      close();
      now = begin([record]);
    } else if (record.kind === "prompt") now.prompts.push(record);
    else if (record.kind === "text" || record.kind === "call") now.items.push(record);
    else if (record.kind === "usage")
      now.usage.set(record.request ?? `nameless ${now.usage.size}`, record);
    else if (record.kind === "end") now.end = { reason: record.reason, detail: record.detail };
  }
  close();
  return turns;
}

interface Growing {
  readonly prompts: Of<"prompt">[];
  readonly items: TurnItem[];
  /** By request. */
  readonly usage: Map<string, Usage>;
  end: Turn["end"];
}

const begin = (prompts: Of<"prompt">[]): Growing => ({
  ...{ prompts, items: [], end: null },
  usage: new Map(),
});

/** Whether a prompt came into a turn that was running. */
function joins({ turn, isMidTurn }: Of<"prompt">, now: Growing): boolean {
  const [first] = now.prompts;
  if (first === undefined || now.end !== null) return false;
  return isMidTurn || (turn !== null && turn === first.turn);
}

function finish({ prompts, items, end, usage }: Growing): Turn {
  const sum = { input: 0, output: 0 };
  for (const { input, output } of usage.values()) {
    sum.input += input;
    sum.output += output;
  }
  return { prompts, items, end, usage: sum };
}

/** What a turn says at its end: the texts after its last tool call; else its last text. null for none. */
export function answerIn({ items }: Pick<Turn, "items">): string | null {
  const last = items.findLastIndex(({ kind }) => kind === "call");
  const texts = (of: readonly TurnItem[]) =>
    of.flatMap((item) => (item.kind === "text" && item.text.trim() !== "" ? item.text : []));
  const closing = texts(items.slice(last + 1));
  if (closing.length > 0) return closing.join("\n\n");
  return texts(items).at(-1) ?? null;
}
