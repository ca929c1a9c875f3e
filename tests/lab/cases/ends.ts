import assert from "node:assert/strict";
import { test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

const machine = openMachine();
const subject = agentOn(machine, "subject");

const properties = ["ActiveState", "ExecMainCode", "ExecMainStatus", "Result"] as const;

/** Codes of SIGCHLD, as systemd shows them. */
const EXITED = "1";
const KILLED = "2";

interface End {
  readonly how: string;
  /** Ends the harness, whose process id is given. */
  readonly cause: (pid: number) => Promise<unknown>;
  readonly result: string;
  readonly code: string;
  readonly status: string;
  /** Whether systemd starts it again. */
  readonly again: boolean;
}

const typed = (text: string) => () => subject.type(text);
const kill = (signal: string) => (pid: number) => machine.run("kill", [`-${signal}`, String(pid)]);

const ENDS: readonly End[] = [
  {
    how: "exit 0",
    cause: typed("exit 0"),
    result: "success",
    code: EXITED,
    status: "0",
    again: false,
  },
  {
    how: "exit 3",
    cause: typed("exit 3"),
    result: "exit-code",
    code: EXITED,
    status: "3",
    again: true,
  },
  { how: "SEGV", cause: kill("SEGV"), result: "signal", code: KILLED, status: "11", again: true },
  { how: "kill -9", cause: kill("KILL"), result: "signal", code: KILLED, status: "9", again: true },
  { how: "SIGHUP", cause: kill("HUP"), result: "success", code: KILLED, status: "1", again: true },
];

for (const { how, cause, result, code, status, again } of ENDS) {
  test(`${how}: systemd knows how it ended`, async () => {
    const before = await subject.fresh();
    await cause(before);
    const state = await until(`an end by ${how}`, async () => {
      const now = await machine.show(subject.unit, ...properties);
      return now.ActiveState !== "active" && now.ActiveState !== "deactivating" && now;
    });
    assert.deepEqual(
      { result: state.Result, code: state.ExecMainCode, status: state.ExecMainStatus },
      { result, code, status },
    );
    if (again) assert.notEqual(await subject.ready(before), before);
    else assert.equal(state.ActiveState, "inactive");
  });
}

test("stop: nothing of it is left, and it is not started again", async () => {
  await subject.fresh();
  await subject.type("sleep 1000 & /usr/bin/setsid sleep 1000 & (sleep 1000 & disown)");
  await until("three children", async () => (await subject.processes()).length > 3);
  await machine.systemctl("stop", subject.unit);
  const state = await machine.show(subject.unit, "ActiveState", "Result");
  assert.deepEqual(state, { ActiveState: "inactive", Result: "success" });
  assert.deepEqual(await subject.processes(), []);
});

test("stop of one that ignores SIGTERM: it is killed in time, with its children", async () => {
  await using _ = await machine.override(subject.unit, "TimeoutStopSec=3");
  await subject.fresh();
  await subject.type("trap '' TERM; while :; do sleep 1000; done");
  await until("a deaf harness", async () => (await subject.processes()).length > 1);
  const begin = performance.now();
  await machine.systemctl("stop", subject.unit);
  const seconds = (performance.now() - begin) / 1000;
  const state = await machine.show(subject.unit, "ActiveState", "Result");
  assert.deepEqual(state, { ActiveState: "failed", Result: "timeout" });
  assert.ok(seconds > 2.5 && seconds < 6, `stopped after ${seconds} s`);
  assert.deepEqual(await subject.processes(), []);
});

test("one that ends at once, again and again, is given up after five starts", async () => {
  await machine.systemctl("stop", subject.unit);
  await machine.systemctl("reset-failed", subject.unit);
  await using _ = await machine.override(
    subject.unit,
    "RestartSec=100ms\nExecStart=\nExecStart=/bin/false",
  );
  await machine.run("systemctl", ["start", subject.unit]);
  const state = await until("giving up", async () => {
    const now = await machine.show(subject.unit, "ActiveState", "NRestarts", "Result");
    return now.ActiveState === "failed" && now;
  });
  assert.deepEqual(state, { ActiveState: "failed", NRestarts: "5", Result: "exit-code" });
});
