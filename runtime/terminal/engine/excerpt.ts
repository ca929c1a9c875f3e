import { withoutControls } from "./terminal.ts";

const LIMITS = { lines: 20, characters: 200, bytes: 3000 };

/** Of a box that is drawn around a question. */
const withoutFrame = (line: string): string =>
  line
    .trimEnd()
    .replace(/[│┃]$/, "")
    .trimEnd()
    .replace(/^ ?[│┃] ?/, "");

/**
 * The last lines that say something, as text without control characters. Bounded in lines, and in bytes as JSON.
 * runtime/terminal/terminal.bash does the same.
 */
export function excerptOf(screen: string): readonly string[] {
  const said: string[] = [];
  let room = LIMITS.bytes;
  for (const line of screen.split("\n").reverse()) {
    const text = [...withoutControls(line).replaceAll("\t", "")].slice(0, LIMITS.characters);
    const plain = withoutFrame(text.join(""));
    if (plain === "") continue;
    room -= Buffer.byteLength(JSON.stringify(plain)) + 1;
    if (room < 0 || said.length === LIMITS.lines) break;
    said.unshift(plain);
  }
  return said;
}
