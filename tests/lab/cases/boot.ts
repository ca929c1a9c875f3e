import assert from "node:assert/strict";
import { test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

const machine = openMachine();
const enabled = ["calm", "quiet", "real", "subject"];

test("every enabled agent comes up with the machine, without a login", async () => {
  for (const name of enabled) await agentOn(machine, name).ready();
  const wanted = "cd /etc/systemd/system/multi-user.target.wants; ls -d forge-agent-*.service";
  const units = await machine.bash(wanted);
  assert.deepEqual(
    units.split("\n"),
    enabled.map((name) => `forge-agent-${name}.service`),
  );
  const failed = await machine.systemctl("list-units", "--failed", "--plain", "--no-legend");
  assert.equal(failed, "");
  assert.equal(await machine.bash("ls /run/user"), "", "nobody has logged in");
});

test("a real pi takes a prompt from its terminal, asks the model with its key, and shows the answer", async () => {
  const real = agentOn(machine, "real");
  const { MainPID } = await machine.show(real.unit, "MainPID");
  assert.match(
    await machine.bash(`tr '\\0' ' ' </proc/${MainPID}/cmdline; readlink /proc/${MainPID}/exe`),
    /node/,
  );
  await real.type("hello from the lab");
  await until(
    "an answer on the screen",
    async () => /stub\(stub-1\): hello from the lab/.test(await real.screen()),
    {
      seconds: 30,
      seen: real.screen,
    },
  );
});
