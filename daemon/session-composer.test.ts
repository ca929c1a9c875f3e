import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { SessionFiles } from "../schema/session-record.ts";
import type { Composer } from "./delivery.ts";
import { openLedger } from "./ledger/ledger.ts";
import { sessionComposer } from "./session-composer.ts";

const sessions: SessionFiles = {
  path: "{session}.jsonl",
  query: null,
  read: ({ at, text }) => {
    const common = { at: Number(at), turn: null, id: null, isMidTurn: false };
    return [{ ...common, kind: "prompt", text: String(text) }];
  },
};
const composer: Composer = {
  channel: { acknowledges: true, isIdempotent: false },
  isFree: async () => true,
  deliver: async () => ({ outcome: "handed-over" }),
  find: async () => "lost",
  enter: async () => {},
};

let home = "";
before(() => {
  home = mkdtempSync(join(tmpdir(), "forge-session-composer-"));
  mkdirSync(join(home, ".forge"));
  writeFileSync(join(home, ".forge/session"), "s\n");
});
after(() => rmSync(home, { recursive: true }));

test("a prompt that the conversation has was taken, whatever the terminal shows", async () => {
  let time = 1_000;
  using ledger = openLedger(join(home, "prompts.db"), { now: () => time });
  const { find } = sessionComposer(composer, { home, sessions, ledger });
  const { id } = ledger.accept({ agent: "a", text: "\tdo it\n" }).record;
  const write = (at: number, text: string) =>
    appendFileSync(join(home, "s.jsonl"), `${JSON.stringify({ at, text })}\n`);

  write(1_500, "    do it");
  assert.equal(await find(id, 0), "lost", "never handed over: a person sent it");
  time = 2_000;
  ledger.change({ id, phase: "delivering", attempt: 1 });
  assert.equal(await find(id, 1), "lost", "the conversation has an older one");
  write(2_500, "do it now");
  assert.equal(await find(id, 1), "lost", "another text");
  write(2_600, "do it");
  assert.equal(await find(id, 1), "in-session");
  assert.equal(await find("unknown", 1), "lost");
});
