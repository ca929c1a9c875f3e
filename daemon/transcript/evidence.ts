import type { EndOfTurn } from "../../schema/phases.ts";
import { answerIn, type Turn, type Usage } from "./turns.ts";

/** A prompt as forge handed it over. */
export interface Asked {
  readonly id: string;
  readonly text: string;
  /** When it was handed over, in milliseconds since 1970: what the harness noted before is of another prompt. */
  readonly since: number;
}

export interface Answer {
  /** null if the agent said nothing. */
  readonly text: string | null;
  readonly reason: EndOfTurn;
  readonly usage: Usage;
}

/** Whether the conversation has the prompt. */
export const promptTaken = (turns: readonly Turn[], asked: Asked): boolean =>
  turnOf(turns, asked) !== undefined;

/**
 * What the agent answered, if it is done. `isIdle`: the harness has been idle since for so long that it has written all of
 * the turn; some do not write that a turn is over, and none does for one that was broken off before anything was said.
 */
export function answerOf(
  turns: readonly Turn[],
  asked: Asked,
  isIdle: boolean,
): Answer | undefined {
  const turn = turnOf(turns, asked);
  if (turn === undefined) return undefined;
  const { end, usage } = turn;
  const text = answerIn(turn);
  if (end) return { text, reason: end.reason, usage };
  const isOver = isIdle || turn !== turns.at(-1);
  return isOver ? { text, reason: text === null ? "aborted" : "finished", usage } : undefined;
}

const turnOf = (turns: readonly Turn[], { id, text, since }: Asked): Turn | undefined =>
  turns.find(({ prompts }) =>
    prompts.some(
      (prompt) =>
        prompt.id === id ||
        (prompt.at !== null && prompt.at >= Math.floor(since) && isSameText(text, prompt.text)),
    ),
  );

/** Whether a harness noted this text. */
export const isSameText = (sent: string, noted: string): boolean => normal(sent) === normal(noted);

/** Without what harnesses change: blanks at the ends, tabs, line breaks, composed characters, invisible ones, `\@`. */
const normal = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll("\t", "    ")
    .replaceAll(/\r\n?|\u2028/g, "\n")
    .replaceAll(/[\u200b\u202e]/g, "")
    .replaceAll("\\@", "@")
    .trim();
