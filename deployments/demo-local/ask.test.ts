import assert from "node:assert/strict";
import { test } from "node:test";
import { RESTART } from "../../runtime/supervisor/local/restart.ts";
import { createLab } from "../../tests/e2e/up-lab.ts";
import { ask } from "./ask.ts";

/** Replies to the first line, as pi does, in place of echoing it. */
const replying = (reply: string) =>
  `stty -echo; echo ready; read -r line; clear; echo "$line"; ${reply}; echo ────────; echo ready; read -r _`;

const REPLIES: { readonly [script: string]: object } = {
  "echo Tests first.": { answer: "Tests first." },
  "echo Error: Connection error.": { problem: "Error: Connection error." },
  "echo Error: one.; echo Error: 404 gone": { problem: "Error: one. Error: 404 gone" },
  "exit 0": { problem: "it ended" },
  "kill -9 $$": { problem: "it ended" },
};

for (const [script, expected] of Object.entries(REPLIES)) {
  test(`asked, an agent replies by: ${script}`, async () => {
    await using lab = await createLab();
    const policy = { ...RESTART, burst: 1 };
    await using fleet = await lab.start([lab.agent("a", replying(script))], { policy });
    const agent = fleet.agents.get("a");
    assert.ok(agent);
    const signal = new AbortController().signal;
    assert.deepEqual(await ask(agent, "What first?", { signal }), expected);
  });
}

test("an agent that says nothing has not answered", async () => {
  await using lab = await createLab();
  await using fleet = await lab.start([lab.agent("a", replying("true"))]);
  const agent = fleet.agents.get("a");
  assert.ok(agent);
  const reply = await ask(agent, "What first?", {
    timeout: 1000,
    signal: new AbortController().signal,
  });
  assert.match(
    "problem" in reply ? reply.problem : "",
    /^no answer within 1 s; the terminal shows/,
  );
});
