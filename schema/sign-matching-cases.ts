import type { Activity } from "./activity-record.ts";
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

export const START_SIGNS = {
  ready: { title: "^idle" },
  busy: { screen: "^working" },
  login: { screen: "^log in|^enter a code" },
  dialog: { screen: "^trust|^enter to confirm" },
  ...{ rateLimited: null, refused: null, clear: [], quit: "", submitDelay: 0 },
} as const;

export interface StartCase {
  readonly what: string;
  readonly title?: string;
  readonly screen: string;
  /** Missing where no sign shows. */
  readonly state?: Activity;
  /** What a person reads of it. */
  readonly text?: string;
}

/** What the engines say of a terminal before the first prompt, and by which text. */
export const START_CASES: readonly StartCase[] = [
  { what: "a prompt", title: "idle", screen: "> ", state: "ready" },
  { what: "a title without a prompt", title: "start", screen: "> " },
  { what: "a turn", title: "idle", screen: "working" },
  { what: "an empty screen", screen: "" },
  {
    what: "a login over a prompt",
    ...{ title: "idle", screen: "> \nlog in with /login", state: "waiting-login" },
    text: "log in with /login",
  },
  {
    what: "a login while it loads",
    ...{ screen: "working\nenter a code:", state: "waiting-login", text: "enter a code:" },
  },
  {
    what: "a dialog over a prompt",
    ...{ title: "idle", screen: "trust this folder?", state: "waiting-permission" },
    text: "trust this folder?",
  },
  {
    what: "a dialog with its keys",
    ...{ screen: "trust it?\n1. yes\nenter to confirm", state: "waiting-permission" },
    text: "trust it?",
  },
  {
    what: "a login beside a dialog",
    ...{ screen: "enter to confirm\nlog in", state: "waiting-login", text: "log in" },
  },
  { what: "an unknown dialog", screen: "a new version is here [y/n]" },
];

/** What the engines give of a screen to people and the journal. */
export const EXCERPT_CASES: readonly {
  readonly what: string;
  readonly screen: string;
  readonly excerpt?: readonly string[];
}[] = [
  { what: "nothing", screen: "", excerpt: [] },
  { what: "blanks", screen: "  \n\n  ", excerpt: [] },
  { what: "lines apart", screen: "one\n\n  two  ", excerpt: ["one", "  two"] },
  { what: "quotes and backslashes", screen: `say "\\n" & \\`, excerpt: [`say "\\n" & \\`] },
  {
    what: "escapes and controls",
    screen: "\u001b[31mred\u0007\tx\u009b2J\u007f",
    excerpt: ["[31mredx2J"],
  },
  { what: "characters beyond ASCII", screen: "╭─ ❯ é 🙂", excerpt: ["╭─ ❯ é 🙂"] },
  {
    what: "a box around a question",
    screen: "╭─────╮\n│ Trust?  │\n│         │\n ┃  (y/n)\n a │ b",
    excerpt: ["╭─────╮", "Trust?", " (y/n)", " a │ b"],
  },
  { what: "a field of the journal", screen: "FORGE_BY=root", excerpt: ["FORGE_BY=root"] },
  { what: "a long line", screen: "x".repeat(300), excerpt: ["x".repeat(200)] },
  {
    what: "many lines",
    screen: Array.from({ length: 50 }, (_, at) => `line ${at}`).join("\n"),
    excerpt: Array.from({ length: 20 }, (_, at) => `line ${at + 30}`),
  },
  { what: "a screen full of wide characters", screen: `${"█".repeat(200)}\n`.repeat(50) },
  { what: "a screen full of quotes", screen: `${'"'.repeat(200)}\n`.repeat(50) },
];
