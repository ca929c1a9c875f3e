import type { Sign } from "./plan.ts";

export interface SignCase {
  readonly what: string;
  readonly sign: Sign;
  readonly title?: string;
  readonly screen?: string;
  readonly shows: boolean;
}

const FILES: Sign = { screen: "^[0-9]+ files?\\n^> Type" };
const WORKING: Sign = { screen: "^── \\S Working" };

/** Every engine that looks for signs agrees on these: runtime/terminal/engine/signs.ts and runtime/terminal/terminal.bash. */
export const SIGN_CASES: readonly SignCase[] = [
  { what: "some line of the screen", sign: { screen: "^> " }, screen: "one\n> ", shows: true },
  { what: "^ is a line's beginning", sign: { screen: "^x" }, screen: "one\n> x", shows: false },
  { what: "$ is a line's end", sign: { screen: "one$" }, screen: "one two\nthree", shows: false },
  { what: "$ before a line break", sign: { screen: "one$" }, screen: "one\ntwo", shows: true },
  { what: "nothing on an empty screen", sign: { screen: "." }, screen: "", shows: false },
  { what: "the title", sign: { title: "^π - " }, title: "π - site", shows: true },
  { what: "a title that is elsewhere", sign: { title: "^π" }, screen: "π - site", shows: false },
  { what: "a screen's sign in the title", sign: { screen: "^π" }, title: "π", shows: false },
  { what: "a character beyond ASCII", sign: { title: "^[^ -~] " }, title: "⠋ site", shows: true },
  { what: "an ASCII character", sign: { title: "^[^ -~] " }, title: "x site", shows: false },
  { what: "one that is not blank", sign: WORKING, screen: "── ⠧ Working", shows: true },
  { what: "a blank", sign: WORKING, screen: "──  Working", shows: false },
  { what: "two lines", sign: FILES, screen: "1 file\n> Type here", shows: true },
  {
    what: "two lines among others",
    sign: FILES,
    screen: "top\n12 files (more)\n> Type here\nfoot",
    shows: true,
  },
  { what: "two lines apart", sign: FILES, screen: "1 file\n\n> Type here", shows: false },
  { what: "a line between", sign: FILES, screen: "1 file\n ? Trust\n> Type", shows: false },
  { what: "two lines the wrong way", sign: FILES, screen: "> Type here\n1 file", shows: false },
  { what: "an end of the screen", sign: FILES, screen: "1 file", shows: false },
];
