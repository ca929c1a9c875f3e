import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, quickAgents } from "../machine.ts";

const machine = openMachine();
const subject = agentOn(machine, "subject");
const quick = quickAgents().map((name) => agentOn(machine, name));
const neighbours = [...["calm", "quiet", "real"].map((name) => agentOn(machine, name)), ...quick];

before(async () => {
  for (const agent of quick) await agent.fresh();
});
after(async () => {
  for (const agent of quick) await machine.systemctl("stop", agent.unit);
});

const identities = () =>
  Promise.all(neighbours.map(async (agent) => [await agent.pid(), await agent.terminal()]));

/** Restarts the units whose text differs from what runs, as NixOS's switch does. */
const SWITCH = `
  old=$(mktemp -d); cp -r /etc/systemd/system/. "$old"
  cat >>/etc/systemd/system/forge-agent-subject.service.d/overrides.conf <<<$'[Service]\\nCPUWeight=200'
  systemctl daemon-reload
  diff -rq "$old" /etc/systemd/system | grep -oE 'forge-agent-[a-z]+\\.service' | sort -u | tee /dev/stderr |
    xargs systemctl restart
  rm -r "$old"`;

const CHANGES: { readonly [what: string]: () => Promise<unknown> } = {
  "stopping and starting one": async () => {
    await machine.systemctl("stop", subject.unit);
    await machine.systemctl("start", subject.unit);
  },
  "restarting one": () => machine.systemctl("restart", subject.unit),
  "the end of one's terminal": async () => {
    await machine.bash("tmux -S /run/forge/tty/subject/sock kill-server");
  },
  "systemctl restart forge-terminals": () => machine.systemctl("restart", "forge-terminals"),
  "systemctl daemon-reload": () => machine.systemctl("daemon-reload"),
  "systemctl daemon-reexec": () => machine.systemctl("daemon-reexec"),
  "a switch that changes one": async () => {
    await machine.bash(SWITCH);
    assert.equal((await machine.show(subject.unit, "CPUWeight")).CPUWeight, "200");
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} leaves the process and the terminal of every other agent`, async () => {
    const before = await subject.fresh();
    for (const neighbour of neighbours) await neighbour.ready();
    const others = await identities();
    await change();
    const after = await subject.ready();
    if (!what.startsWith("systemctl")) assert.notEqual(after, before, "it did restart");
    assert.deepEqual(await identities(), others);
  });
}
