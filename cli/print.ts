/**
 * All that the command prints goes through here. Much of it comes from outside: an agent's words in the journal, its
 * screen, names of files. A terminal obeys some characters, so people get them spelled out.
 */

/** Control characters and those that change the direction or the lines of text, but no line break and no tab. */
const OBEYED =
  /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

const hex = (character: string, digits: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");

/** Text that no terminal obeys: ESC becomes `\x1b`. */
export const plain = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replace(OBEYED, (one) => (one <= "\xff" ? `\\x${hex(one, 2)}` : `\\u${hex(one, 4)}`));

/** Results, on standard output. */
export const print = (text: string): void => void process.stdout.write(plain(text));

/** Everything else, on standard error. */
export const say = (text: string): void => void process.stderr.write(plain(text));

/** JSON that means the same. */
const plainJson = (json: string): string => json.replace(OBEYED, (one) => `\\u${hex(one, 4)}`);

export const printJson = (json: string): void => void process.stdout.write(plainJson(json));
export const sayJson = (json: string): void => void process.stderr.write(plainJson(json));
