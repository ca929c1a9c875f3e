import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionRecord } from "../../schema/session-record.ts";
import { markdownOf } from "./markdown.ts";

const common = { at: Date.UTC(2026, 10, 29, 12, 30, 5, 7), turn: null };
const prompt = { ...common, kind: "prompt", text: "one\n\n two\n", id: null } as const;
const CASES: readonly (readonly [SessionRecord, string])[] = [
  [{ ...prompt, isMidTurn: false }, "## 2026-11-29T12:30:05Z\n\n> one\n>\n>  two\n\n"],
  [{ ...prompt, at: null, isMidTurn: false }, "## At an unknown time\n\n> one\n>\n>  two\n\n"],
  [{ ...prompt, isMidTurn: true }, "> one\n>\n>  two\n\n"],
  [{ ...common, kind: "text", text: "\n**said**\n" }, "**said**\n\n"],
  [{ ...common, kind: "call", name: "bash", about: "ls\n  -l" }, "- bash: ls -l\n\n"],
  [{ ...common, kind: "call", name: "todo", about: "" }, "- todo\n\n"],
  [{ ...common, kind: "result", isError: false }, ""],
  [{ ...common, kind: "result", isError: true }, "  (failed)\n\n"],
  [{ ...common, kind: "end", reason: "finished", detail: null }, ""],
  [{ ...common, kind: "end", reason: "aborted", detail: "x" }, "*The turn was broken off.*\n\n"],
  [{ ...common, kind: "end", reason: "failed", detail: "a\nb" }, "*The turn failed: a b*\n\n"],
  [{ ...common, kind: "usage", request: null, input: 1, output: 1 }, ""],
];
for (const [record, expected] of CASES) {
  test(`${record.kind} is ${JSON.stringify(expected)}`, () => {
    assert.equal(markdownOf(record), expected);
  });
}
