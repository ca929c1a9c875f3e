import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { Activity } from "../schema/activity-record.ts";
import type { PromptRecord } from "../schema/prompt-record.ts";
import type { SessionFiles, SessionRecord } from "../schema/session-record.ts";
import { awaitAnswers } from "./answers.ts";
import { openLedger } from "./ledger/ledger.ts";

const sessions: SessionFiles = {
  path: "{session}.jsonl",
  query: null,
  read: (record) => {
    const common = { at: Number(record["at"]), turn: null };
    const text = String(record["text"]);
    switch (record["kind"]) {
      case "prompt":
        return [{ ...common, kind: "prompt", text, id: null, isMidTurn: false }];
      case "text":
        return [{ ...common, kind: "text", text }];
      default:
        return [{ ...common, kind: "end", reason: "failed", detail: null }];
    }
  },
};

/** A ledger on the disk, and a harness that writes what a test says. */
async function scene() {
  const home = await mkdtemp(join(tmpdir(), "forge-answers-"));
  await mkdir(join(home, ".forge"));
  await writeFile(join(home, ".forge/session"), "s\n");
  const ledger = openLedger(join(home, "prompts.db"), { now: Date.now });
  let ahead = 0;
  const wall = () => Date.now() + ahead;
  let looks = 0;
  const clock: Clock = {
    ...systemClock,
    sleep: (_, signal) => {
      looks += 1;
      return systemClock.sleep(10, signal);
    },
  };
  let stop = new AbortController();
  const start = () => {
    stop = new AbortController();
    const { signal } = stop;
    return awaitAnswers({ agent: "a", home, sessions, ledger, clock, wall, signal });
  };
  let answers = start();
  return {
    submit: (text: string): string => {
      const { id } = ledger.accept({ agent: "a", text }).record;
      ledger.change({ id, phase: "delivering", attempt: 1 });
      ledger.change({ id, phase: "submitted", attempt: 1 });
      answers.expect();
      return id;
    },
    writes: (kind: SessionRecord["kind"], text = "") =>
      appendFile(join(home, "s.jsonl"), `${JSON.stringify({ kind, text, at: Date.now() })}\n`),
    reports: (state: Activity) => answers.note({ state, event: "hook", at: Date.now() }),
    passes: (ms: number) => {
      ahead += ms;
    },
    finished: async (id: string): Promise<Partial<PromptRecord>> => {
      for (;;) {
        const { finished, end, answer } = ledger.find(id) ?? assert.fail(id);
        if (finished !== null) return { end, answer };
        await systemClock.sleep(20, AbortSignal.timeout(10_000));
      }
    },
    looksTwice: async () => {
      const until = looks + 2;
      while (looks < until) await systemClock.sleep(5, AbortSignal.timeout(10_000));
    },
    isOpen: (id: string) => ledger.find(id)?.finished === null,
    restart: async () => {
      stop.abort();
      await answers.over;
      answers = start();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await answers.over;
      ledger[Symbol.dispose]();
      await rm(home, { recursive: true });
    },
  };
}

test("the end of a turn, as the harness writes it, finishes its prompt", async () => {
  await using s = await scene();
  const id = s.submit("x");
  s.reports("busy");
  await s.writes("prompt", "x");
  await s.writes("text", "half of it");
  await s.writes("end");
  assert.deepEqual(await s.finished(id), { end: "failed", answer: "half of it" });
});

test("without one, a turn is over once the harness has been idle for a while", async () => {
  await using s = await scene();
  s.reports("ready");
  s.passes(60_000);
  await systemClock.sleep(2); // the prompt is of a later millisecond
  const [id, other] = [s.submit("x"), s.submit("never written")];
  await s.writes("prompt", "x");
  await s.writes("text", "said");
  await s.looksTwice(); // idleness of before is not enough
  assert.ok(s.isOpen(id) && s.isOpen(other));
  s.reports("busy");
  s.reports("ready");
  s.passes(2000);
  assert.deepEqual(await s.finished(id), { end: "finished", answer: "said" });
  assert.deepEqual(await s.finished(other), { end: null, answer: null });
});

test("the next prompt ends a turn, and an answer that came while nobody looked is found", async () => {
  await using s = await scene();
  const id = s.submit("x");
  await s.restart();
  await s.writes("prompt", "x");
  await s.writes("text", "one");
  await s.writes("prompt", "y");
  assert.deepEqual(await s.finished(id), { end: "finished", answer: "one" });
});
