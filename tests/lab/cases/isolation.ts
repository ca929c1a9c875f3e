import assert from "node:assert/strict";
import { before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();
const calm = agentOn(machine, "calm");
const subject = agentOn(machine, "subject");
let victim = 0;
let victimTerminal = "";

before(async () => {
  await calm.fresh();
  victim = await subject.fresh();
  victimTerminal = await machine.bash("readlink /run/forge/given/subject");
});

interface Reach {
  readonly what: string;
  /** What works on its own, so that the failure on the other's has only one reason. */
  readonly own: string;
  readonly others: () => string;
  readonly refusal: RegExp;
}

const REACHES: readonly Reach[] = [
  {
    what: "credentials",
    own: 'cat "$CALM_KEY"',
    others: () => "cat /run/credentials/forge-agent-subject.service/SUBJECT_KEY",
    refusal: /Permission denied|No such file/,
  },
  {
    what: "credentials that systemd lists",
    own: "ls /run/credentials/forge-agent-calm.service",
    others: () => "ls /run/credentials/forge-agent-subject.service/",
    refusal: /Permission denied|No such file/,
  },
  {
    what: "state",
    own: "ls -d /var/lib/forge/calm/.forge",
    others: () => "ls -d /var/lib/forge/subject/.forge",
    refusal: /Permission denied/,
  },
  {
    what: "environment",
    own: "cat /proc/$$/environ | grep -a FORGE_AGENT",
    others: () => `cat /proc/${victim}/environ`,
    refusal: /No such file/,
  },
  {
    what: "memory map",
    own: "cat /proc/$$/maps",
    others: () => `cat /proc/${victim}/maps`,
    refusal: /No such file/,
  },
  {
    what: "terminal",
    own: "echo >/dev/tty",
    others: () => `echo typed >${victimTerminal}`,
    refusal: /Permission denied|No such file/,
  },
  {
    what: "process",
    own: "kill -0 $$",
    others: () => `kill -0 ${victim}`,
    refusal: /Operation not permitted|No such process/,
  },
];

for (const { what, own, others, refusal } of REACHES) {
  test(`an agent reaches its own ${what}, not another's`, async () => {
    assert.match(await calm.ask(`PATH=/usr/bin; if ${own}; then echo works; fi`), /works$/);
    const answer = await calm.ask(`PATH=/usr/bin; if ${others()}; then echo works; fi`);
    assert.match(answer, refusal);
    assert.doesNotMatch(answer, /works/);
  });
}

for (const name of ["calm", "subject"]) {
  test(`an agent cannot talk to the terminal server of ${name}`, async () => {
    const socket = `/run/forge/tty/${name}/sock`;
    assert.match(await machine.bash(`tmux -S ${socket} list-sessions`), /^agent:/, "it is there");
    const answer = await calm.ask(`/usr/bin/tmux -S ${socket} list-sessions && echo works`);
    assert.match(answer, /Permission denied|error connecting/);
    assert.doesNotMatch(answer, /works/);
  });
}

test("an agent sees no process but its own", async () => {
  await subject.type("sleep 1000 &");
  const seen = await calm.ask("cd /proc; for p in [0-9]*; do echo $p; done");
  const pids = seen.split("\n").map(Number).sort();
  assert.deepEqual(pids, [...(await calm.processes())].sort());
});

test("a secret reaches one unit only, and is in no environment that others can read", async () => {
  const units = await machine.bash(
    "grep -rl secret-of-subject /run/systemd /etc/systemd /nix/store/*forge-agent* || true",
  );
  assert.equal(units, "");
  const environment = await machine.bash(`tr '\\0' '\\n' </proc/${victim}/environ`);
  assert.match(environment, /^SUBJECT_KEY=secret-of-subject$/m);
  assert.match(environment, /^SUBJECT_TOKEN=secret-of-subject in a file$/m);
});
