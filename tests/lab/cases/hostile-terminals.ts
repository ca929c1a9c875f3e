import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

/** Somebody who has become forge-tty answers in the place of forge-terminals. Root believes nothing of it. */
const machine = openMachine();
const quiet = agentOn(machine, "quiet");
const subject = agentOn(machine, "subject");
const HOSTILE = "/usr/local/lib/lab-hostile-terminals";

/** A terminal of root's that is no session's, which any process could make its own. */
let rootTerminal = "";
/** A start that fails is not tried again. */
let once: AsyncDisposable | undefined;
const rootTmux = (...args: readonly string[]) =>
  machine.bash('tmux -L lab-root "$@"', { args: ["-f", "/dev/null", ...args] });

before(async () => {
  await machine.bash(`gcc -o ${HOSTILE} /opt/forge/tests/lab/hostile-terminals.c`);
  const hold = await machine.bash("ls /nix/store/*forge-ttyhold*/bin/forge-ttyhold");
  await rootTmux("new-session", "-d", hold);
  rootTerminal = await rootTmux("display-message", "-p", "#{pane_tty}");
  await subject.fresh();
  await machine.systemctl("stop", quiet.unit);
  once = await machine.override(quiet.unit, "Restart=no");
});
after(async () => {
  await machine.run("tmux", ["-L", "lab-root", "kill-server"]);
  await once?.[Symbol.asyncDispose]();
  await quiet.fresh();
});

const ANSWERS: { readonly [what: string]: () => readonly string[] } = {
  "the directory /dev, as a word": () => ["text", "/dev/pts/.."],
  "the maker of terminals, as a word": () => ["text", "/dev/pts/ptmx"],
  "root's terminal, as a word": () => ["text", rootTerminal],
  "root's terminal, as a descriptor": () => ["path", rootTerminal],
  "another agent's terminal, as a descriptor": () => ["path", subjectTerminal],
  "a file": () => ["path", "/etc/shadow"],
  "a directory": () => ["path", "/dev"],
  "a device that is no terminal": () => ["open", "/dev/null"],
  "the other side of a terminal": () => ["master"],
  "a terminal that has ended": () => ["dead"],
  "two descriptors": () => ["two"],
};
let subjectTerminal = "";

const owners = () =>
  machine.bash('stat -c "%n %U %a" /dev /dev/pts /dev/pts/ptmx /dev/null /etc/shadow "$@"', {
    args: [rootTerminal, subjectTerminal],
  });

/** forge-terminals as the attacker has it, for as long as the result lives. */
async function answering(...answer: readonly string[]): Promise<AsyncDisposable> {
  const command = [HOSTILE, ...answer].join(" ");
  const override = await machine.override(
    "forge-terminals.service",
    `ExecStart=\nExecStart=${command}`,
  );
  await machine.systemctl("restart", "forge-terminals.service");
  return {
    [Symbol.asyncDispose]: async () => {
      await machine.systemctl("stop", quiet.unit);
      await machine.run("systemctl", ["reset-failed", quiet.unit]);
      await override[Symbol.asyncDispose]();
      await machine.systemctl("restart", "forge-terminals.service");
    },
  };
}

for (const [what, answer] of Object.entries(ANSWERS)) {
  test(`forge-terminals cannot give away ${what}`, async () => {
    subjectTerminal = await machine.bash("readlink /run/forge/given/subject");
    const untouched = await owners();
    const cursor = await machine.cursor();
    await using _ = await answering(...answer());
    const { status } = await machine.run("systemctl", ["start", quiet.unit], { seconds: 60 });
    assert.notEqual(status, 0);
    const asked = await machine.journal(cursor, "_SYSTEMD_UNIT=forge-terminals.service");
    assert.match(JSON.stringify(asked.map(({ MESSAGE }) => MESSAGE)), /answers/, "it was asked");
    const lines = await machine.journal(cursor, `_SYSTEMD_UNIT=${quiet.unit}`);
    assert.match(JSON.stringify(lines.map(({ MESSAGE }) => MESSAGE)), /TERMINAL_MISSING: /);
    assert.equal(await owners(), untouched);
    const { stdout } = await machine.run("ls", ["-A", "/run/forge/given"]);
    assert.doesNotMatch(stdout, /quiet/);
  });
}

test("forge-terminals that never answers keeps nobody from stopping the agent", async () => {
  await quiet.fresh();
  await using _ = await answering("mute");
  const begin = performance.now();
  await machine.systemctl("stop", quiet.unit);
  const seconds = (performance.now() - begin) / 1000;
  assert.ok(seconds < 18, `stopped after ${seconds} s`);
  assert.deepEqual(await quiet.processes(), []);
});

test("forge-tty cannot say which terminal a unit opens", async () => {
  const tries = [
    "ln -sfn /dev/console /run/forge/given/subject",
    "rm /run/forge/given/subject",
    "mv /run/forge/given /run/forge/tty/given",
    "mkdir /run/forge/agents/other",
  ];
  for (const script of tries) {
    const { status, stderr } = await machine.run("bash", ["-c", script], { user: "forge-tty" });
    assert.notEqual(status, 0, script);
    assert.match(stderr, /Permission denied/);
  }
});

test("an agent takes no terminal that is not its own, though its unit opened it", async () => {
  await once?.[Symbol.asyncDispose]();
  once = undefined;
  const onHost = "+/usr/bin/nsenter --mount=/proc/1/ns/mnt --"; // the unit has a /run of its own
  const link = `${onHost} /bin/ln -sfn ${rootTerminal} /run/forge/given/quiet`;
  await using _ = await machine.override(
    quiet.unit,
    `ExecStartPre=\nExecStartPre=${link}\nRestart=no`,
  );
  const cursor = await machine.cursor();
  await machine.run("systemctl", ["start", quiet.unit]);
  await until("a refusal", async () => {
    const lines = await machine.journal(cursor, `_SYSTEMD_UNIT=${quiet.unit}`);
    return lines.some(({ MESSAGE }) => /TERMINAL_MISSING: .*not permitted/.test(String(MESSAGE)));
  });
  assert.equal((await machine.show(quiet.unit, "ExecMainStatus")).ExecMainStatus, "1");
});
