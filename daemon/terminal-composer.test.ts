import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../runtime/clock.ts";
import { terminalOf } from "../runtime/terminal/engine/terminal.ts";
import { tmuxClient } from "../runtime/terminal/engine/tmux.ts";
import { terminalComposer } from "./terminal-composer.ts";

const SIGNS = {
  ready: { screen: "^>" },
  busy: { screen: "^working" },
  ...{ login: null, dialog: { screen: "^may I" }, rateLimited: null, refused: null },
  ...{ clear: [], quit: "/quit", submitDelay: 20 },
};

/** A harness of a few lines: its composer takes pastes in brackets, and Enter ends a prompt. */
const HARNESS = `import { appendFileSync } from "node:fs";
  let draft = "", input = "";
  const draw = () => process.stdout.write("\\x1b[2J\\x1b[H> " + draft.split("\\n")[0]);
  process.stdin.setRawMode(true);
  process.stdout.write("\\x1b[?2004h");
  process.stdin.on("data", (data) => {
    input += data;
    for (;;) {
      const [start, end] = ["\\x1b[200~", "\\x1b[201~"];
      if (input.startsWith(start)) {
        const at = input.indexOf(end);
        if (at < 0) return;
        draft += input.slice(start.length, at).replaceAll("\\r", "\\n");
        input = input.slice(at + end.length);
      } else if (input === "" || start.startsWith(input)) break;
      else {
        if (input[0] === "\\r") { appendFileSync(process.argv[2], draft + "\\0"); draft = ""; } else draft += input[0];
        input = input.slice(1);
      }
    }
    draw();
  });
  draw();`;

async function scene() {
  const folder = await mkdtemp(join(tmpdir(), "forge-composer-"));
  const taken = join(folder, "taken");
  await writeFile(taken, "");
  await writeFile(join(folder, "harness.mjs"), HARNESS);
  const tmux = tmuxClient({
    bin: "tmux",
    server: ["-S", join(folder, "sock"), "-f", "/dev/null"],
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8" },
  });
  const harness = [process.execPath, join(folder, "harness.mjs"), taken];
  await tmux.run(["new-session", "-d", "-s", "agent", "-x", "200", "-y", "50", ...harness]);
  await tmux.run(["set-option", "-p", "-t", "agent:", "@run", "1"]);
  const terminal = terminalOf({ tmux, clock: systemClock, signs: SIGNS });
  await terminal.waitFor(/^>/m);
  const session = new Set<number>();
  const composer = terminalComposer({
    ...{ tmux, terminal, signs: SIGNS, empty: { screen: "^>$" }, wall: Date.now },
    channel: { acknowledges: true, isIdempotent: false },
    hasTaken: async (since) => [...session].some((at) => at >= since),
  });
  const texts = async () => (await readFile(taken, "utf8")).split("\0").slice(0, -1);
  return {
    ...{ tmux, terminal, composer, session, texts },
    takes: async (count: number) => {
      const patience = AbortSignal.timeout(10_000);
      while ((await texts()).length < count) await systemClock.sleep(10, patience);
    },
    [Symbol.asyncDispose]: async () => {
      await tmux.try(["kill-server"]);
      await rm(folder, { recursive: true });
    },
  };
}

const prompt = (text: string) => ({ id: "p1", text, sequence: 1, priority: 0, expires: null });

test("a prompt arrives as it is, with a mark that tells it apart", async () => {
  await using s = await scene();
  const text = `it's "$HOME" \`x\` #{pane_id} ; \\n\n\tsecond é✓ line`;
  assert.equal(await s.composer.isFree(), true);
  assert.equal(await s.composer.find("p1", 1), "lost", "no prompt was ever typed at this terminal");
  assert.deepEqual(await s.composer.deliver(prompt(text), 1), { outcome: "handed-over" });
  await s.takes(1);
  assert.deepEqual(await s.texts(), [text]);
  assert.equal(await s.composer.find("p1", 1), "handed-over");
  assert.equal(await s.composer.find("p1", 2), "untouched");
  assert.equal(await s.composer.find("p2", 1), "untouched");
  s.session.add(Date.now());
  assert.equal(await s.composer.find("p1", 1), "in-session");
  s.session.clear();
  await s.tmux.run(["respawn-pane", "-k", "-t", "agent:"]);
  assert.equal(await s.composer.find("p1", 1), "lost", "it was typed at an earlier start");
});

test("nothing is typed over what a person has half typed, or into a pager", async () => {
  await using s = await scene();
  await s.tmux.run(["send-keys", "-t", "agent:", "-l", "half"]);
  await s.terminal.waitFor(/^> half/m);
  assert.equal(await s.composer.isFree(), false);
  assert.deepEqual(await s.composer.deliver(prompt("x"), 1), { outcome: "held" });
  await s.tmux.run(["send-keys", "-t", "agent:", "Enter"]);
  await s.takes(1);
  await s.tmux.run(["copy-mode", "-t", "agent:"]);
  assert.equal(await s.composer.isFree(), false);
  assert.deepEqual(await s.composer.deliver(prompt("x"), 1), { outcome: "held" });
  await s.tmux.run(["send-keys", "-t", "agent:", "-X", "cancel"]);
  assert.deepEqual(await s.composer.deliver(prompt("x"), 1), { outcome: "handed-over" });
  await s.takes(2);
  assert.deepEqual(await s.texts(), ["half", "x"]);
});

test("Enter is repeated for the prompt alone, never for what a person typed since", async () => {
  await using s = await scene();
  assert.deepEqual(await s.composer.deliver(prompt("one"), 1), { outcome: "handed-over" });
  await s.takes(1);
  await s.tmux.run(["send-keys", "-t", "agent:", "-l", "a draft"]);
  await s.terminal.waitFor(/^> a draft/m);
  assert.equal(await s.composer.find("p1", 1), "handed-over");
  await s.composer.enter("p1", 1);
  await systemClock.sleep(300);
  assert.deepEqual(await s.texts(), ["one"]);
  await s.tmux.run(["send-keys", "-t", "agent:", "Enter"]);
  await s.takes(2);
  // As if its Enter had been lost.
  await s.tmux.run(["send-keys", "-t", "agent:", "-l", "one"]);
  await s.terminal.waitFor(/^> one/m);
  assert.equal(await s.composer.find("p1", 1), "in-composer");
  await s.composer.enter("p1", 2);
  assert.equal((await s.texts()).length, 2, "another attempt");
  await s.composer.enter("p1", 1);
  await s.takes(3);
  assert.deepEqual(await s.texts(), ["one", "a draft", "one"]);
});

test("without its terminal a prompt is gone, and what was typed is lost", async () => {
  await using s = await scene();
  await s.tmux.run(["kill-server"]);
  assert.equal(await s.composer.isFree(), false);
  assert.equal(await s.composer.find("p1", 1), "lost");
});
