import assert from "node:assert/strict";
import { test } from "node:test";
import { UNASKED } from "../../../schema/lifecycle-cases.ts";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

const machine = openMachine();
const subject = agentOn(machine, "subject");
const properties = ["ActiveState", "ExecMainCode", "ExecMainStatus", "Result"] as const;

/** Codes of SIGCHLD, as systemd shows them. */
const EXITED = "1";
const KILLED = "2";

interface End {
  /** Ends the harness, whose process id is given. */
  readonly cause: (pid: number) => Promise<unknown>;
  readonly result: string;
  readonly code: string;
  readonly status: string;
}

const typed = (text: string) => ({ cause: () => subject.type(text), code: EXITED });
const sent = (signal: string) => ({
  cause: (pid: number) => machine.run("kill", [`-${signal}`, String(pid)]),
  code: KILLED,
});

/** By the names of schema/lifecycle-cases.ts, which has the reason of each and says whether systemd restarts it. */
const ENDS: { readonly [how: string]: End } = {
  "exit 0": { ...typed("exit 0"), result: "success", status: "0" },
  "exit 3": { ...typed("exit 3"), result: "exit-code", status: "3" },
  "exit 75": { ...typed("exit 75"), result: "exit-code", status: "75" },
  "exit 78": { ...typed("exit 78"), result: "exit-code", status: "78" },
  "exit 130": { ...typed("exit 130"), result: "success", status: "130" },
  "exit 143": { ...typed("exit 143"), result: "success", status: "143" },
  SIGSEGV: { ...sent("SEGV"), result: "signal", status: "11" },
  SIGKILL: { ...sent("KILL"), result: "signal", status: "9" },
  SIGHUP: { ...sent("HUP"), result: "success", status: "1" },
};

/** The reason that the journal gives for an end since then, once it does. */
const reasonSince = (cursor: string) =>
  until("a line about the end", async () => {
    const lines = await machine.journal(cursor, "FORGE_AGENT=subject", "FORGE_EVENT=exited");
    return lines.length > 0 && lines.map((line) => line["FORGE_REASON"]);
  });

for (const [how, { cause, result, code, status }] of Object.entries(ENDS)) {
  const known = UNASKED.find((one) => one.how === how);
  assert.ok(known, how);
  const { reason, restarts } = known;
  test(`${how}: systemd and the journal know how it ended`, async () => {
    const before = await subject.renewed(); // nothing that was typed before is left
    const cursor = await machine.cursor();
    await cause(before);
    const state = await until(`an end by ${how}`, async () => {
      const now = await machine.show(subject.unit, ...properties);
      return !["active", "deactivating"].includes(now.ActiveState) && now;
    });
    assert.deepEqual(
      { result: state.Result, code: state.ExecMainCode, status: state.ExecMainStatus },
      { result, code, status },
    );
    assert.deepEqual(await reasonSince(cursor), [reason]);
    if (restarts) assert.notEqual(await subject.ready(before), before);
    else assert.equal(state.ActiveState, result === "success" ? "inactive" : "failed");
  });
}

test("stop: it quits by itself, nothing of it is left, and it is not started again", async () => {
  await subject.fresh();
  await subject.type("/usr/bin/setsid sleep 1000 & (sleep 1000 & disown)");
  await until("two children", async () => (await subject.processes()).length > 2);
  const cursor = await machine.cursor();
  await machine.systemctl("stop", subject.unit);
  assert.deepEqual(await machine.show(subject.unit, ...properties), {
    ...{ ActiveState: "inactive", Result: "success", ExecMainCode: EXITED, ExecMainStatus: "0" },
  });
  assert.deepEqual(await subject.processes(), []);
  assert.deepEqual(await reasonSince(cursor), ["stopped"]);
});

test("stop: an Enter that gets lost is typed again", async () => {
  await subject.fresh();
  await subject.type("/usr/bin/stty igncr; (sleep 3; /usr/bin/stty -igncr </dev/tty) &");
  await until("a child", async () => (await subject.processes()).length > 1);
  await machine.systemctl("stop", subject.unit);
  assert.deepEqual(await machine.show(subject.unit, ...properties), {
    ...{ ActiveState: "inactive", Result: "success", ExecMainCode: EXITED, ExecMainStatus: "0" },
  });
});

test("stop of one that ignores SIGTERM: it is killed in time, with its children", async () => {
  await using _ = await machine.override(subject.unit, "TimeoutStopSec=3");
  await subject.fresh();
  await subject.type("trap '' TERM; printf '\\e]2;busy\\a'; while :; do sleep 1000; done");
  await until("a deaf harness", async () => (await subject.processes()).length > 1);
  const cursor = await machine.cursor();
  const begin = performance.now();
  await machine.systemctl("stop", subject.unit);
  const seconds = (performance.now() - begin) / 1000;
  assert.equal((await machine.show(subject.unit, "Result")).Result, "timeout");
  assert.ok(seconds > 2.5 && seconds < 6, `stopped after ${seconds} s`);
  assert.deepEqual(await subject.processes(), []);
  assert.deepEqual(await reasonSince(cursor), ["stopped"]);
});

test("one that ends at once, again and again, is given up, and the journal says so", async () => {
  await machine.systemctl("stop", subject.unit);
  await machine.systemctl("reset-failed", subject.unit);
  await using _ = await machine.override(subject.unit, "ExecStart=\nExecStart=/bin/false");
  const cursor = await machine.cursor();
  await machine.run("systemctl", ["start", subject.unit]);
  const gaveUp = () => machine.journal(cursor, "FORGE_AGENT=subject", "FORGE_REASON=start-limit");
  await until("giving up", async () => (await gaveUp()).length === 1, { seconds: 25 });
  const state = await machine.show(subject.unit, "ActiveState", "NRestarts");
  assert.deepEqual(state, { ActiveState: "failed", NRestarts: "5" });
});

test("the journal has one line each for start and readiness, with plan and version", async () => {
  await machine.systemctl("stop", subject.unit);
  const cursor = await machine.cursor();
  await subject.fresh();
  const events = await until("a line about readiness", async () => {
    const lines = await machine.journal(cursor, "FORGE_AGENT=subject");
    return lines.some((line) => line["FORGE_EVENT"] === "ready") && lines;
  });
  assert.deepEqual(
    events.map((line) => line["FORGE_EVENT"]),
    ["started", "ready"],
  );
  const manifest = await machine.bash("jq -r .agents.subject.plan /etc/forge/manifest.json");
  assert.equal(events[0]?.["FORGE_PLAN"], manifest);
  assert.equal(events[0]?.["FORGE_HARNESS_VERSION"], "1.0");
});
