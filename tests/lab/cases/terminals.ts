import assert from "node:assert/strict";
import { test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();
const quiet = agentOn(machine, "quiet");
const calm = agentOn(machine, "calm");

test("an agent's terminal ends once it is declared no more", async () => {
  await quiet.fresh();
  const untouched = await calm.terminal();
  await machine.systemctl("stop", quiet.unit);
  await machine.bash("test -S /run/forge/tty/quiet/sock"); // its last screen can still be seen
  await machine.bash("cp /etc/forge/agents /root/agents; sed -i /^quiet$/d /etc/forge/agents");
  try {
    await machine.systemctl("reload", "forge-terminals");
    const left = await machine.run("ls", ["/run/forge/tty/quiet", "/run/forge/seen/quiet"]);
    assert.equal(left.stdout, "");
    const { status } = await machine.run("pgrep", ["-u", "forge-tty", "-f", "tty/quiet/sock"]);
    assert.equal(status, 1, "its process is gone");
    assert.equal(await calm.terminal(), untouched);
  } finally {
    await machine.bash("mv /root/agents /etc/forge/agents");
    await quiet.fresh();
  }
});

test("no start without a terminal, and the reason is told", async () => {
  const cursor = await machine.cursor();
  await machine.systemctl("stop", quiet.unit);
  await machine.systemctl("stop", "forge-terminals.socket", "forge-terminals.service");
  try {
    const { status } = await machine.run("forge", ["start", "quiet"]);
    assert.equal(status, 0, "the socket starts with the agent");
    await quiet.ready();
  } finally {
    await machine.systemctl("start", "forge-terminals.socket");
  }
  const [started] = await machine.journal(cursor, "FORGE_AGENT=quiet", "FORGE_EVENT=started");
  assert.equal(started?.["FORGE_BY"], "root");
});
