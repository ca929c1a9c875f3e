import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

/** `forge-agent-NAME` by hand, as root: the same sandbox as the unit's, or none of it. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const MANUAL = "forge-run-subject.service";
/** What a person types, as a FIFO: it has no end, at which the harness would leave. */
const KEYS = "/tmp/manual-run.keys";

before(() => machine.systemctl("stop", subject.unit));
after(() => subject.fresh());

/** Runs the agent on a terminal of its own until `look` is done with it. */
async function whileItRuns<T>(look: () => Promise<T>): Promise<T> {
  await machine.bash('rm -f "$1"; mkfifo "$1"', { args: [KEYS] });
  const script = `exec script -qec forge-agent-subject /dev/null <>${KEYS}`;
  const run = machine.run("bash", ["-c", script], { seconds: 60 });
  const ended = new AbortController();
  void run.finally(() => ended.abort());
  const isUp = async () => {
    if (ended.signal.aborted) return true;
    return (await machine.show(MANUAL, "SubState")).SubState === "running";
  };
  try {
    await until(`${MANUAL} runs`, isUp);
    if (ended.signal.aborted) assert.fail(`it ended: ${JSON.stringify(await run)}`);
    return await look();
  } finally {
    await machine.bash('echo "exit 0" >"$1"', { args: [KEYS] });
    await run;
  }
}

/** What `systemd-analyze security` finds, line by line, without the name of the unit. */
async function exposureOf(unit: string): Promise<readonly string[]> {
  const { stdout } = await machine.run("systemd-analyze", ["security", "--no-pager", unit]);
  return stdout.replaceAll(unit, "UNIT").split("\n");
}

/** systemd lists addresses in no order. */
async function unitSettings(unit: string) {
  const names = [
    "IPAddressDeny",
    "LimitNOFILE",
    "Slice",
    "TasksMax",
    "MemoryMax",
    "UMask",
  ] as const;
  const { IPAddressDeny, ...others } = await machine.show(unit, ...names);
  return { ...others, IPAddressDeny: IPAddressDeny.split(" ").toSorted() };
}

test("a run by hand is exposed as its unit is", async () => {
  const manual = await whileItRuns(() => exposureOf(MANUAL));
  await subject.fresh();
  const unit = await exposureOf(subject.unit);
  await machine.systemctl("stop", subject.unit);
  assert.ok(unit.length > 40, unit.join("\n"));
  assert.deepEqual(manual, unit);
});

test("a drop-in's settings hold in a run by hand, too", async () => {
  await using _ = await machine.override(
    subject.unit,
    "IPAddressDeny=192.0.2.0/24 \\\n  # a comment\n  198.51.100.0/24\nLimitNOFILE=4\nLimitNOFILE=\nLimitNOFILE=512\nTasksMax=77\nUMask=0027",
  );
  const manual = await whileItRuns(() => unitSettings(MANUAL));
  assert.deepEqual(manual, await unitSettings(subject.unit));
  assert.ok(manual.IPAddressDeny.includes("192.0.2.0/24"));
  assert.deepEqual([manual.LimitNOFILE, manual.TasksMax], ["512", "77"]);
});

for (const [setting, named] of [
  ["RootHash=/etc/hash", /RootHash= of \[Service\]/],
  ["FutureSandbox=strict", /FutureSandbox= of \[Service\]/],
  ["[Unit]\nJoinsNamespaceOf=other.service", /JoinsNamespaceOf= of \[Unit\]/],
  ["ReadWritePaths=%t/somewhere", /ReadWritePaths=%t\/somewhere has a specifier/],
] as const) {
  test(`a setting that cannot be handed on is refused by name: ${setting}`, async () => {
    await using _ = await machine.override(subject.unit, setting);
    const { status, stderr } = await machine.run("forge-agent-subject", []);
    assert.equal(status, 1);
    assert.match(stderr, /^UNIT_SETTING_UNKNOWN: .*\n {2}→ /);
    assert.match(stderr, named);
    const { stdout } = await machine.run("systemctl", ["is-active", MANUAL]);
    assert.equal(stdout, "inactive");
  });
}
