import assert from "node:assert/strict";
import { test } from "node:test";
import { createLab, type Lab } from "../../../tests/e2e/up-lab.ts";
import { isReady, shows } from "./signs.ts";
import { withoutControls } from "./terminal.ts";

/** Shows every byte it is given, in brackets if the paste came in brackets. */
const ECHO = "stty -icanon -echo -icrnl; printf '\\e[?2004h\\e]2;idle\\aready\\n'; cat -v";

async function terminalIn(lab: Lab, script: string, more: object = {}) {
  const fleet = await lab.start([lab.agent("a", script, more)]);
  const terminal = fleet.agents.get("a")?.terminal;
  assert.ok(terminal);
  return terminal;
}

test("a prompt arrives as one bracketed paste, without control bytes, then Enter", async () => {
  await using lab = await createLab();
  const terminal = await terminalIn(lab, ECHO);
  await terminal.waitFor(/^ready/m);
  await terminal.paste("one\u001b[201~ two\u0003\r\nthree\t\u009bé");
  const screen = await terminal.waitFor(/~\^M$/);
  assert.match(screen, /\^\[\[200~one\[201~ two\^Mthree\t? *M-CM-\)\^\[\[201~\^M$/);
});

test("a person who scrolls does not keep Enter from arriving", async () => {
  await using lab = await createLab();
  const terminal = await terminalIn(lab, "stty -icanon -echo -icrnl; echo ready; cat -v");
  await terminal.waitFor(/^ready/m);
  const pane = await lab.holder("a");
  await pane.run(["copy-mode", "-t", "agent:"]);
  await terminal.paste("hello");
  await terminal.waitFor(/hello\^M/);
});

test("nothing is pasted where nothing runs, and the terminal survives the attempt", async () => {
  await using lab = await createLab();
  const terminal = await terminalIn(lab, "echo last words; exit 0");
  await lab.event("a", "exited");
  await assert.rejects(terminal.paste("hello"), /no harness runs in this terminal/);
  assert.match((await terminal.look()).screen, /last words/);
});

test("a wait that ends in vain says what the terminal shows", async () => {
  await using lab = await createLab();
  const signs = { ready: { title: "^ready" }, busy: { screen: "^busy" } };
  const terminal = await terminalIn(lab, ECHO, {
    terminal: {
      ...{ ...signs, login: null, dialog: null, rateLimited: null, refused: null },
      ...{ clear: [], quit: "", submitDelay: 0 },
    },
  });
  await terminal.waitFor(/^ready/m);
  const failure = /no sign of readiness within 0\.1 s; the terminal shows:\nready/;
  await assert.rejects(terminal.waitUntilReady({ timeout: 100 }), failure);
  await terminal.until(({ title }) => title === "idle", "title");
  const aborted = terminal.waitFor(/never/, { signal: AbortSignal.abort() });
  await assert.rejects(aborted, { name: "AbortError" });
});

test("signs are looked for on the screen, where ^ and $ are a line's ends, or in the title; busy wins", () => {
  const seen = { title: "π - x", screen: "one\n── Working\n> " };
  const signs = { ready: { title: "^π" }, busy: { screen: "^── Working$" } };
  assert.ok(shows(seen, signs.ready) && shows(seen, signs.busy));
  assert.equal(isReady(seen, signs), false);
  assert.equal(isReady({ ...seen, screen: "one" }, signs), true);
  assert.equal(shows(seen, { screen: "^x" }), false);
  assert.ok(shows(seen, { screen: "^one\\n.*Working\\n> " }));
});

test("control bytes go, line breaks and tabs stay", () => {
  assert.equal(withoutControls("a\u0000\u001b[31mb\r\nc\rd\te\u007f\u0085f"), "a[31mb\nc\nd\tef");
});
