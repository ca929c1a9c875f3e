import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Sign, Terminal } from "../schema/plan.ts";

const script = readFileSync(new URL("../runtime/terminal/terminal.bash", import.meta.url), "utf8");

/** Runs a script with terminal.bash on a terminal that shows these. */
export function inTerminalBash(test: string, { title = "", screen = "" }, env: object = {}) {
  const set = 'title=$1; mapfile -t screen <<<"$2"';
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", `${script}\n${set}\n${test}`, "", title, screen],
    {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], LANG: "C.UTF-8", ...env },
    },
  );
  assert.equal(stderr, "");
  return { status, stdout };
}

export const holdsInBash = (...test: Parameters<typeof inTerminalBash>): boolean =>
  inTerminalBash(...test).status === 0;

export const inBash = (sign: Sign): string =>
  "title" in sign ? `title:${sign.title}` : `screen:${sign.screen}`;

/** What the scripts beside a unit say of a terminal before the first prompt. */
export function stateInBash(
  look: { readonly title: string; readonly screen: string },
  { ready, busy, login, dialog }: Pick<Terminal, "ready" | "busy" | "login" | "dialog">,
): { readonly state: string; readonly text: string } | undefined {
  const env = {
    FORGE_READY: inBash(ready),
    FORGE_BUSY: inBash(busy),
    FORGE_LOGIN: login ? inBash(login) : "",
    FORGE_DIALOG: dialog ? inBash(dialog) : "",
  };
  const tell = `state_shown && printf '%s\\n%s' "$state" "$where"`;
  const [state = "", ...text] = inTerminalBash(tell, look, env).stdout.split("\n");
  return state === "" ? undefined : { state, text: text.join("\n") };
}
