import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as z from "zod";
import { AgentReport } from "../../../schema/agent-status.ts";
import { PromptRecord } from "../../../schema/prompt-record.ts";
import { agentOn } from "../agent.ts";
import { openMachine, type RunOptions, until } from "../machine.ts";
import { realAgentOn } from "../real.ts";

/** Prompts to a real pi through forged, which is killed, stopped and asked by people who may not. */
const machine = openMachine();
const real = realAgentOn(machine, "real");
const subject = agentOn(machine, "subject");
const OPERATOR: RunOptions = { user: "ada" };

const forge = (args: readonly string[], options: RunOptions = OPERATOR) =>
  machine.run("forge", args, { seconds: 90, ...options });
const send = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await forge(["send", "--json", ...args]);
  assert.ok(stdout, `status ${status}: ${stderr}`);
  return PromptRecord.parse(JSON.parse(stdout));
};
const curl = (socket: string, args: readonly string[], user: string) =>
  machine.run("curl", ["-sS", "--unix-socket", `/run/forge/${socket}`, ...args], { user });
const URL = "http://forge/v1";
const killDaemon = () => machine.bash("systemctl kill --signal=KILL forged.service");

/** How often the model was asked this, in the order of the asking, since the agent's state began. */
const taken = async (texts: readonly string[]) => {
  const found = await machine.bash(
    'find /var/lib/forge/real -name "*.jsonl" -exec cat {} + | grep -o "\\"text\\":\\"prompt-[a-z0-9-]*" || true',
  );
  const said = found.split("\n").map((line) => line.replace(/^.*"/, ""));
  return said.filter((text) => texts.includes(text));
};

before(async () => {
  await real.fresh();
  await real.is("ready");
});
after(() => machine.bash("systemctl start forged.socket forged.service"));

test("an operator's prompt is submitted, and everyone who may look sees it", async () => {
  const { phase, reason } = await send("real", "--wait", "prompt-first");
  assert.equal(phase, "submitted", reason ?? "");
  await until("the answer", async () => /stub\(.*prompt-first/.test(await real.screen()));
  const { stdout } = await curl("api-read.sock", [`${URL}/agents/real`], "bea");
  const { status, turns } = AgentReport.parse(JSON.parse(stdout));
  assert.match(status.state, /^(ready|busy)$/);
  assert.ok(turns >= 0);
});

test("an observer cannot send, and others can do nothing", async () => {
  const prompt = ["-H", "content-type: application/json", "-d", '{"text":"prompt-no"}'];
  const post = [...prompt, `${URL}/agents/real/prompts`];
  const refused = z.object({ code: z.string() });
  const { stdout } = await curl("api-read.sock", post, "bea");
  assert.equal(refused.parse(JSON.parse(stdout)).code, "ACCESS_DENIED");
  for (const [socket, user] of [
    ["api.sock", "bea"],
    ["api.sock", "eve"],
    ["api-read.sock", "eve"],
    ["api.sock", "forge-a-subject"],
    ["doors/typing.sock", "ada"],
    ["doors/typing.sock", "forge-a-subject"],
  ] as const) {
    const { status } = await curl(socket, [`${URL}/agents`], user);
    assert.equal(status, 7, `${user} at ${socket}`); // could not connect
  }
  const { stderr, status } = await forge(["send", "real", "x"], { user: "bea" });
  assert.equal(status, 1);
  assert.match(stderr, /^ACCESS_DENIED: .*\n {2}→ .*forge-operators/);
  assert.deepEqual(await taken(["prompt-no"]), []);
});

test("what was accepted arrives once and in order, though forged is killed and the agent was down", async () => {
  await machine.systemctl("stop", real.unit);
  const texts = ["prompt-1", "prompt-2", "prompt-3", "prompt-4"];
  const records = [];
  for (const text of texts) {
    records.push(await send("real", "--key", text, text));
    await killDaemon();
  }
  assert.deepEqual(new Set(records.map(({ phase }) => phase)), new Set(["queued"]));
  await machine.systemctl("start", real.unit);
  const last = records.at(-1);
  assert.ok(last);
  await until("the last verdict", async () => {
    await killDaemon();
    const again = await send("real", "--wait", "--key", "prompt-4", "prompt-4");
    assert.equal(again.id, last.id);
    return again.phase === "submitted";
  });
  assert.deepEqual(await taken(texts), texts);
});

test("half-typed text is left alone, and the prompt goes once it is gone", async () => {
  await real.is("ready");
  const type = (keys: string) =>
    machine.bash(`tmux -S /run/forge/tty/real/sock send-keys -t agent: ${keys}`);
  await type("-l half-typed");
  await until("the text", async () => /half-typed/.test(await real.screen()));
  const { id, phase } = await send("real", "prompt-after-half");
  assert.match(phase, /^(queued|delivering)$/);
  await machine.bash("sleep 2");
  assert.match(await real.screen(), /half-typed$/m);
  await type("C-u");
  await until("its verdict", async () => {
    const { stdout } = await curl("api.sock", [`${URL}/prompts/${id}`], "ada");
    return PromptRecord.parse(JSON.parse(stdout)).phase === "submitted";
  });
  assert.deepEqual(await taken(["prompt-after-half"]), ["prompt-after-half"]);
});

test("while forged cannot be reached, prompts wait in the spool, and are taken in their order", async () => {
  await machine.systemctl("stop", "forged.socket", "forged-read.socket", "forged.service");
  for (const text of ["prompt-a", "prompt-b"]) {
    const { stderr, status } = await forge(["send", "real", text]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /forged cannot be reached/);
  }
  const denied = await forge(["send", "real", "prompt-no"], { user: "eve" });
  assert.equal(denied.status, 1);
  await machine.systemctl("start", "forged.socket", "forged-read.socket", "forged.service");
  await until("both", async () => (await taken(["prompt-a", "prompt-b"])).length === 2);
  assert.deepEqual(await taken(["prompt-a", "prompt-b"]), ["prompt-a", "prompt-b"]);
});

test("agents do not notice that forged is gone", async () => {
  const pids = await Promise.all([real.pid(), subject.pid()]);
  await machine.systemctl("stop", "forged.socket", "forged-read.socket", "forged.service");
  assert.deepEqual(await Promise.all([real.pid(), subject.pid()]), pids);
  await machine.systemctl("start", "forged.socket", "forged-read.socket", "forged.service");
});
