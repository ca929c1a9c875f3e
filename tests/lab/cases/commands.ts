import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { AgentOnHost, JobReport } from "../../../schema/command-output.ts";
import { agentOn } from "../agent.ts";
import { openMachine, type RunOptions, until } from "../machine.ts";

/** What people type on a host: the packaged program, on its PATH. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const calm = agentOn(machine, "calm");
const forge = (args: readonly string[], options?: RunOptions) =>
  machine.run("forge", args, options);

const ps = async () =>
  z.array(AgentOnHost).parse(JSON.parse((await forge(["ps", "--json"])).stdout));
const subjectNow = async () => {
  const found = (await ps()).find(({ name }) => name === "subject");
  assert.ok(found);
  return found;
};
const becomes = (state: AgentOnHost["unitState"]) =>
  until(`subject is ${state}`, async () => {
    const now = await subjectNow();
    return now.unitState === state && now;
  });

test("ps: what systemd knows, for everyone", async () => {
  const pid = await subject.fresh();
  const { NRestarts } = await machine.show(subject.unit, "NRestarts");
  const now = await subjectNow();
  assert.deepEqual(
    {
      harness: now.harness,
      model: now.model,
      state: now.unitState,
      pid: now.pid,
      restarts: now.restarts,
    },
    { harness: "pi", model: "none", state: "running", pid, restarts: Number(NRestarts) },
  );
  const { stdout, status } = await forge(["ps"], { user: "nobody" });
  assert.equal(status, 0);
  assert.match(stdout, /^NAME +HARNESS +MODEL +UNIT +ACTIVITY +SINCE +PID +RESTARTS +MEMORY\n/);
  assert.match(stdout, new RegExp(`^subject +pi +none +running .* ${pid} `, "m"));
});

test("ps: an agent is ready once its terminal shows it", async () => {
  await subject.renewed();
  const seen = new Set<string | null>();
  await until("subject is ready", async () => {
    const { activity } = await subjectNow();
    seen.add(activity);
    return activity === "ready";
  });
  for (const activity of seen) assert.match(activity ?? "", /^(unknown|starting|ready)$/);
});

test("stop, start and restart: once is enough, and the others do not notice", async () => {
  await subject.fresh();
  const neighbour = await calm.pid();
  assert.match((await forge(["stop", "subject"])).stdout, /^subject stopped$/);
  await becomes("stopped");
  assert.match((await forge(["stop", "subject"])).stdout, /^subject is already stopped \(since /);
  assert.match((await forge(["start", "subject"])).stdout, /^subject started \(process \d+\)$/);
  const { pid } = await subjectNow();
  assert.match((await forge(["start", "subject"])).stdout, /^subject already runs \(since /);
  const { stdout } = await forge(["restart", "subject", "--json"]);
  const [report] = z.array(JobReport).parse(JSON.parse(stdout));
  assert.equal(report?.did, "restarted");
  assert.notEqual(report?.pid, pid);
  assert.equal(await calm.pid(), neighbour);
});

test("start: what cannot run is told with systemd's reason and the agent's last lines", async () => {
  await forge(["stop", "subject"]);
  await using _ = await machine.override(
    subject.unit,
    "[Service]\nExecStart=\nExecStart=/bin/sh -c 'echo no such luck >&2; exit 78'\n",
  );
  const { status, stderr } = await forge(["start", "subject"]);
  assert.equal(status, 1);
  assert.match(stderr, /^UNIT_FAILED: subject did not start: failed \(exit 78\)\n/);
  assert.match(stderr, /no such luck/);
  assert.equal((await becomes("failed")).exitStatus, 78);
});

test("a wrong name, and a person without the right, are answered at once", async () => {
  const wrong = await forge(["restart", "subjet"]);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^AGENT_UNKNOWN: subjet: .*"subject"/);
  await subject.fresh();
  for (const args of [
    ["stop", "subject"],
    ["attach", "subject"],
    ["attach", "--take", "subject"],
  ]) {
    const { status, stderr } = await forge(args, { user: "nobody" });
    assert.equal(status, 1);
    assert.match(stderr, /^ACCESS_DENIED: .*\n {2}→ .*forge-operators/);
  }
  assert.equal((await subjectNow()).unitState, "running");
});

test("logs: the agent's own lines and those about it, and not another's", async () => {
  await subject.fresh();
  await machine.bash(
    "logger --journald <<< $'MESSAGE=a lie\\nSYSLOG_IDENTIFIER=forge\\nFORGE_AGENT=subject'",
    {
      user: "nobody",
    },
  );
  const { stdout } = await forge(["logs", "subject", "-n", "20"]);
  assert.match(stdout, /Started .*subject/);
  assert.match(stdout, /forge\[\d+\]: subject started in pi/);
  assert.doesNotMatch(stdout, /a lie/);
  assert.equal(
    (await forge(["logs", "subject", "-n", "1", "--json"])).stdout.trim().split("\n").length,
    1,
  );
});

test("attach: an observer sees the agent and types nothing, an operator may take it, others are told", async () => {
  await subject.fresh();
  /** What shows in a person's terminal while they keep typing a letter. */
  const attach = (user: string, flags: string, letter: string) =>
    machine.bash(
      `while sleep 0.2; do printf "$2"; done | script -qec "timeout --foreground 3 forge attach $1 subject" /dev/null || true`,
      { user, args: [flags, letter], seconds: 20 },
    );
  assert.match(await attach("eve", "", "e"), /ACCESS_DENIED: you may not look/);
  assert.match(await attach("bea", "--take", "b"), /ACCESS_DENIED: you may not type/);
  assert.match(await attach("bea", "", "b"), /\[agent-subject\]/);
  assert.doesNotMatch(await subject.screen(), /[be]{2}/);
  await attach("ada", "--take", "a");
  assert.match(await subject.screen(), /aa/);
  const { stderr } = await forge(["attach", "subject"], { user: "bea" });
  assert.match(stderr, /^TERMINAL_MISSING: .*\n {2}→ /);
});
