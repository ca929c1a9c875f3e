import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "./directives.ts";
import type { Turn } from "./wire.ts";

const turn = (userText: string, more: Partial<Turn> = {}): Turn => ({
  model: "m",
  system: "You are a gardener.",
  userText,
  toolResult: undefined,
  tools: ["bash"],
  stream: false,
  ...more,
});

const says = (userText: string, more?: Partial<Turn>): string => {
  const { reply } = decide(turn(userText, more));
  return reply.kind === "text" ? reply.text : reply.kind;
};

test("without a directive the answer repeats the first 200 characters", () => {
  assert.equal(says("hello"), "stub(m): hello");
  assert.equal(says("é".repeat(300)), `stub(m): ${"é".repeat(200)}`);
});

test("[[say]] and [[role]] choose the text", () => {
  assert.equal(says("please [[say two words]] now"), "two words");
  assert.equal(says("[[role]]"), "You are a gardener.");
  assert.equal(says("[[role]]", { system: "x".repeat(300) }), "x".repeat(200));
  assert.equal(says("[[role gard]]", { system: `${"x".repeat(300)} gardener` }), "gardener");
  assert.equal(says("[[role rose]]"), "stub: no rose in the role");
});

test("[[tool]] calls a tool once, then reports its result", () => {
  const text = 'run [[tool bash {"command":"[[ -f a ]] && echo [[1]]"}]] thanks';
  assert.deepEqual(decide(turn(text)).reply, {
    kind: "tool",
    name: "bash",
    input: { command: "[[ -f a ]] && echo [[1]]" },
  });
  assert.equal(says(text, { toolResult: "r".repeat(300) }), `tool said: ${"r".repeat(200)}`);
  assert.equal(says(text, { tools: [] }), "stub: no tools on offer");
});

test("timing and errors combine with an answer", () => {
  const script = decide(turn("[[delay 5]] [[slow 7]] [[say x]]"));
  assert.deepEqual(script, { delayMs: 5, slowMs: 7, reply: { kind: "text", text: "x" } });
  assert.deepEqual(decide(turn("[[error 429]]")).reply, { kind: "error", status: 429 });
});

test("a directive it cannot read is said, not ignored", () => {
  for (const text of ["[[delay]]", "[[delay -1]]", "[[tool bash {]]", "[[error 418]]", "[[say x"]) {
    assert.match(says(text), /^stub: cannot read the directive \[\[\w+\]\]$/, text);
  }
});

test("other double brackets are the user's own", () => {
  assert.equal(says("if [[ -f x ]]; [[other]]"), "stub(m): if [[ -f x ]]; [[other]]");
});
