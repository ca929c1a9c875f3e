import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, answerOf, promptTaken } from "../daemon/transcript/evidence.ts";
import type { Turn } from "../daemon/transcript/turns.ts";
import { CAPTURED, turnsIn } from "./sessions/rig.ts";

/** What forge sent to each harness, and what the stub answered. */
const LONG = Array.from({ length: 12 }, (_, n) => `line ${n + 1} of a longer text that goes on`);
const SENT: readonly (readonly [string, Partial<Answer>])[] = [
  ["first question é✓ [[say The first answer.]]", { text: "The first answer." }],
  [
    "  \ttab first\n\twrite it\n\n[[say Second answer\nwith two lines.]]\n\n",
    { text: "Second answer\nwith two lines." },
  ],
  [`${LONG.join("\n")}\n[[say Long one read.]]`, { text: "Long one read." }],
  ["again [[say same]]", { text: "same" }],
  ["after the failure [[say fine]]", { text: "fine" }],
  ["this fails [[error 400]]", { reason: "failed" }],
  ["broken off [[delay 30000]]", { reason: "aborted", text: null }],
];
const NEVER = "nobody sent this";
const at = (turn: Turn | undefined): number => turn?.prompts[0]?.at ?? Number.NaN;

for (const captured of CAPTURED) {
  test(`${captured.name}: each prompt has its answer`, async () => {
    const turns = await turnsIn(captured);
    for (const [text, expected] of SENT) {
      const asked = { id: "p1", text, since: 0 };
      assert.ok(promptTaken(turns, asked), text);
      const answer = answerOf(turns, asked, true);
      assert.ok(answer, text);
      assert.deepEqual({ ...answer, ...expected }, answer, text);
      assert.equal(answer.reason, expected.reason ?? "finished", text);
      const spent = answer.reason === "finished" ? 1 : 0;
      assert.deepEqual(answer.usage, { input: spent, output: spent }, text);
    }
    assert.equal(promptTaken(turns, { id: "p1", text: NEVER, since: 0 }), false);
  });

  test(`${captured.name}: a tool call is one line, and its turn counts both requests`, async () => {
    const turns = await turnsIn(captured);
    const turn = turns.find(({ items }) => items.some(({ kind }) => kind === "call"));
    assert.ok(turn);
    const [call, said] = turn.items;
    assert.ok(call?.kind === "call" && said?.kind === "text");
    assert.match(`${call.name} ${call.about}`, /^(\w+) (echo tool-ran|\.)$/);
    assert.match(said.text, /^tool said: /);
    assert.deepEqual(turn.usage, { input: 2, output: 2 });
  });

  test(`${captured.name}: the same text again is another prompt, an older one is none`, async () => {
    const turns = await turnsIn(captured);
    const text = "again [[say same]]";
    const both = turns.filter(({ prompts }) => prompts[0]?.text === text);
    const [first, last] = [both[0], both.at(-1)];
    assert.ok(at(last) > at(first));
    assert.ok(promptTaken(turns, { id: "p", text, since: at(first) + 1 }));
    assert.equal(promptTaken(turns, { id: "p", text, since: at(last) + 1 }), false);
    assert.equal(answerOf(turns, { id: "p", text, since: at(last) + 1 }, true), undefined);
  });

  test(`${captured.name}: while a turn goes on there is no answer, whatever was said already`, async () => {
    const turns = await turnsIn(captured);
    const index = turns.findIndex(({ items }) => items.some(({ kind }) => kind === "call"));
    const [turn] = turns.slice(index, index + 1);
    assert.ok(turn);
    const running = [...turns.slice(0, index), { ...turn, end: null }];
    const asked = { id: "p", text: turn.prompts[0]?.text ?? "", since: at(turn) };
    assert.equal(answerOf(running, asked, false), undefined);
    assert.match(answerOf(running, asked, true)?.text ?? "", /^tool said/);
  });

  const HOSTILE = [
    {},
    { type: "user", message: 7 },
    { type: "assistant", message: { content: [null, 1, "x", { type: "text" }] } },
    {
      type: "event_msg",
      payload: { type: "item_completed", item: { type: "UserMessage", content: {} } },
    },
    { type: "response_item", payload: { type: "function_call", arguments: "{" } },
    {
      message: {
        role: "assistant",
        content: "x",
        usage: { input: "1", output: -5 },
        stopReason: {},
      },
    },
    { of: "{", message: null, part: "[" },
    { type: "gemini", toolCalls: [{}], tokens: [] },
  ];
  test(`${captured.name}: a record of another form is passed over`, () => {
    for (const record of HOSTILE)
      for (const read of captured.sessions.read(record)) assert.notEqual(read.kind, "end");
  });
}
