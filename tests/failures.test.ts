import assert from "node:assert/strict";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { shows } from "../runtime/terminal/engine/signs.ts";

/** Lines as the harnesses drew them, for a model that does not exist (404) and a provider out of reach. */
const SEEN: { readonly [harness: string]: readonly string[] } = {
  "claude-code": [
    "● There's an issue with the selected model (stub-model). It may not exist or you may not have access to it. Run /model to pick a different model.",
    "✻ Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED) · retrying in 36s · attempt 8/10",
  ],
  codex: [
    "■ stub: error asked for by a directive",
    "◦ Reconnecting... waiting for network (1m 15s • esc to interrupt)",
  ],
  gemini: ['│ Model "gemini-2.5-flash" was not found or is invalid.        │'],
  opencode: [], // its plugin tells rate-limited while it tries again
  pi: [
    ' Error: 404 {"type":"error","error":{"type":"not_found_error"}}',
    " Error: Connection error.",
    " Error: Retry failed after 3 attempts: Connection error.",
  ],
};

/** What is no failure of a request: the agent's own words, and what a person broke off. */
const OTHERS = [
  "● Error handling comes next.",
  " Error: ENOENT: no such file or directory",
  "■ Conversation interrupted - tell the model what to do differently.",
  "  Reconnecting... is what the log says",
  "│ Model trains │",
];

for (const { name, failure } of HARNESSES) {
  test(`${name}: what tells that a request to the model failed`, () => {
    const lines = SEEN[name] ?? [];
    assert.equal(lines.length > 0, failure !== null);
    if (failure === null) return;
    for (const line of lines)
      assert.ok(shows({ title: "", screen: `a\n${line}\nb` }, failure), line);
    for (const line of OTHERS) assert.ok(!shows({ title: "", screen: line }, failure), line);
  });
}
