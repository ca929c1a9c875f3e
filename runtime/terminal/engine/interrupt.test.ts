import assert from "node:assert/strict";
import { test } from "node:test";
import { createLab } from "../../../tests/e2e/up-lab.ts";
import { systemClock } from "../../clock.ts";
import { interrupt } from "./interrupt.ts";

/** Shows how many bytes it got; the turn ends with the second. */
const BUSY = `stty -icanon -echo; printf 'busy\\n'; read -rN1; echo one; read -rN1
clear; echo ready; read -rN1; echo hurt; sleep 60`;
const DIALOG = "stty -icanon -echo; printf 'busy\\nAllow?\\n'; read -rN1; echo hurt; sleep 60";

async function at(lab: Awaited<ReturnType<typeof createLab>>, script: string, presses: string[]) {
  const fleet = await lab.start([lab.agent("a", script)]);
  const agent = fleet.agents.get("a");
  assert.ok(agent);
  const { terminal, plan } = agent;
  const signs = { ...plan.terminal, dialog: { screen: "^Allow" } };
  await terminal.waitFor(/^(busy|ready)/m);
  return {
    terminal,
    interrupt: () => interrupt({ terminal, signs, presses, clock: systemClock }),
  };
}

test("a turn is ended by as many presses as it takes, and an idle harness gets none", async () => {
  await using lab = await createLab();
  const agent = await at(lab, BUSY, ["\u001b", "\u001b", "\u001b"]);
  assert.equal(await agent.interrupt(), true);
  assert.equal(await agent.interrupt(), false);
  assert.equal((await agent.terminal.look()).screen, "ready");
});

test("a dialog gets no key, as it would be an answer", async () => {
  await using lab = await createLab();
  const agent = await at(lab, DIALOG, ["\u001b"]);
  assert.equal(await agent.interrupt(), false);
  assert.match((await agent.terminal.look()).screen, /Allow\?$/);
});
