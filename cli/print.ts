import { ForgeError } from "../schema/errors.ts";

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

const ESC = "\x1b[";

/** Has the terminal show a screen of ours, without its cursor; a line that is too long is cut. */
export const openScreen = (): void => void process.stdout.write(`${ESC}?1049h${ESC}?25l${ESC}?7l`);
export const closeScreen = (): void => void process.stdout.write(`${ESC}?7h${ESC}?25h${ESC}?1049l`);

/** What shows these lines on the screen, and nothing else. */
export function painted(lines: readonly string[]): string {
  const shown = lines.map((line) => `${plain(line).replace(/\s/g, " ")}${ESC}K`);
  return `${ESC}H${shown.join("\r\n")}${ESC}J`;
}

export const paint = (lines: readonly string[]): void => void process.stdout.write(painted(lines));

const OUTPUTS = [process.stdout, process.stderr];

/** Ends this program once its output cannot be written: in silence if the reader has left, as `head` does. */
export function endWithoutOutput(sayError: (error: ForgeError) => void): void {
  const end = ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(0);
    const why = code === "ENOSPC" ? "no space is left on the device" : message;
    const fix = "make room, or write the output elsewhere";
    sayError(new ForgeError("OUTPUT_UNWRITABLE", `the output: ${why}`, { fix }));
    process.exit(1);
  };
  for (const stream of OUTPUTS) stream.on("error", end);
}

/** For a program that others depend on: it goes on without its output. */
export function surviveWithoutOutput(): void {
  for (const stream of OUTPUTS) stream.removeAllListeners("error").on("error", () => {});
}
