import { ForgeError } from "../../schema/errors.ts";

/** Bytes of UTF-8. All five harnesses take this much over their channel or their composer. */
export const MOST_BYTES = 256 * 1024;

const FIX = "change the text, and send it again";

/**
 * A prompt's text as it is kept and delivered: line breaks are LF. Throws PROMPT_REFUSED for what a terminal or a harness
 * would take for something else than text, or not at all.
 */
export function promptText(given: string): string {
  const refuse = (why: string): never => {
    throw new ForgeError("PROMPT_REFUSED", why, { fix: FIX });
  };
  if (!given.isWellFormed()) refuse("the text is not well-formed Unicode (lone surrogate)");
  const text = given.replaceAll("\r\n", "\n");
  if (text.trim() === "") refuse("the text is empty");
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES)
    refuse(`the text has ${bytes} bytes, and at most ${MOST_BYTES} are taken`);
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(text);
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    refuse(`line ${lineOf(text, control.index)} has the control character U+${code}`);
  }
  return text;
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** Bytes of UTF-8 that are kept of an answer. */
export const MOST_OF_ANSWER = 1024 * 1024;

/** The beginning of an answer, as it is kept: an agent may have said anything, and any amount of it. */
export function answerText(given: string): string {
  const text = given.toWellFormed();
  if (text.length <= MOST_OF_ANSWER / 3) return text; // a UTF-16 unit has 3 bytes at most
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MOST_OF_ANSWER));
  return text.slice(0, read);
}
