import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pi } from "../../harnesses/pi/harness.ts";
import { systemClock } from "../../runtime/clock.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { interrupt } from "../../runtime/terminal/engine/interrupt.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { createRig, type Rig } from "./up-rig.ts";

const forge = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));

/** Real pi, which asks the stub; prompts go by `forge send`, as a person types it. */
async function scene(rig: Rig, url: string) {
  const options = { provider: "stub", baseUrl: url, apiKeyVariable: null };
  await rig.fleet({ a: { harness: "pi", model: "stub-1", role: "r", pi: options } });
  const send = async (args: readonly string[], input = "") => {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [forge, "send", "a", ...args],
      { env: rig.env, extendEnv: false, input, reject: false, timeout: 60_000 },
    );
    return { status: exitCode, stdout, stderr };
  };
  const record = async (...args: string[]): Promise<PromptRecord> =>
    JSON.parse((await send([...args, "--json"])).stdout);
  return { send, record };
}

const SUBMITTED = /^p[a-z0-9]+ submitted: the harness reported it$/;

test("a prompt waits until the agent is ready, over a restart of forge up, and arrives as it is", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const { send, record } = await scene(rig, stub.url);
  const asked = () => stub.requests.flatMap(({ turn }) => turn?.userText ?? []);
  const first = rig.up();
  await first.event("a", "started");
  const early = await record("--key", "k", "sent before it is ready");
  assert.equal(early.phase, "queued");
  assert.equal(
    (await record("--key", "k", "sent before it is ready")).id,
    early.id,
    "the same prompt",
  );
  first.signal("SIGKILL");
  await first.exit;

  const second = rig.up();
  await second.event("a", "status", 2); // ready
  const text = `it's "quoted" \`x\` $HOME #{pane_id} ; \\n\n  second é✓ line`;
  assert.match((await send(["--wait"], text)).stdout, SUBMITTED);
  assert.equal(
    asked().filter((seen) => seen.includes("sent before it is ready")).length >= 1,
    true,
  );
  assert.ok(asked().at(-1)?.endsWith(text), asked().at(-1));

  const terminal = await rig.terminal("a", pi.terminal);
  await terminal.waitUntilReady();
  rig.tmux("send-keys", "-l", "-t", "agent-a:", "half typed");
  await terminal.waitFor(/^half typed/m);
  await record("after the half-typed text");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(
    asked().some((seen) => seen.includes("after the half-typed text")),
    false,
  );
  rig.tmux("send-keys", "-t", "agent-a:", "C-u");
  await terminal.waitFor(/after the half-typed text/);
  assert.match((await send(["--wait", "and the next one"])).stdout, SUBMITTED);
  assert.ok(!asked().some((seen) => seen.includes("half typed") && !seen.includes("half-typed")));
  second.signal("SIGINT");
  assert.equal(await second.exit, 0);
});

test("--wait finished prints the answer; a turn that fails or is broken off has none", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const { send, record } = await scene(rig, stub.url);
  const up = rig.up();
  await up.event("a", "status", 2); // ready
  const said = await send(["--wait", "finished", "please [[say two\nlines]]"]);
  assert.deepEqual(said, { status: 0, stdout: "two\nlines", stderr: "" });
  const known = await record("--key", "k", "--wait", "finished", "again [[say once]]");
  assert.deepEqual(
    [known.answer, known.end, known.phase, typeof known.finished],
    ["once", "finished", "submitted", "number"],
  );
  assert.match((await send(["finished", "--wait", "submitted"])).stdout, SUBMITTED);

  const failed = await send(["--wait=finished", "[[error 400]]"]);
  assert.deepEqual({ ...failed, stderr: "" }, { status: 1, stdout: "", stderr: "" });
  assert.match(failed.stderr, /^p[a-z0-9]+ has failed: forge transcript shows why$/);

  const waiting = send(["--wait", "finished", "[[delay 60000]]"]);
  const terminal = await rig.terminal("a", pi.terminal);
  await terminal.waitFor(/Working/);
  assert.equal(
    await interrupt({ terminal, signs: pi.terminal, presses: pi.interrupt, clock: systemClock }),
    true,
  );
  assert.match((await waiting).stderr, /^p[a-z0-9]+ was broken off$/);
  up.signal("SIGINT");
  await up.exit;
});

test("without a ledger the agents run, and a prompt is refused with the reason", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const { send } = await scene(rig, stub.url);
  await mkdir(rig.state, { recursive: true });
  await writeFile(join(rig.state, "prompts.db"), "no database".repeat(1000));
  const up = rig.up();
  assert.match((await up.event("a", "warning")).reason, /^it gets no prompts: .* is damaged/);
  await up.event("a", "status", 2); // ready
  assert.match((await send(["x"])).stderr, /^LEDGER_UNREADABLE: .*prompts\.db is damaged/);
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
});

test("what cannot be sent is refused with what to do", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const { send } = await scene(rig, stub.url);
  const up = rig.up();
  await up.event("a", "started");
  for (const [args, input, said] of [
    [[], " \n", /^PROMPT_REFUSED: the text is empty$/m],
    [["a\u001b[201~b"], "", /^PROMPT_REFUSED: line 1 has the control character U\+001B$/m],
    [["--ttl", "0", "x"], "", /expected a number of seconds above 0/],
  ] as const) {
    const { status, stderr } = await send(args, input);
    assert.notEqual(status, 0);
    assert.match(stderr, said);
  }
  up.signal("SIGINT");
  await up.exit;
  assert.match((await send(["x"])).stderr, /^AGENT_UNKNOWN: /);
});
