import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { reachOf } from "../../../generator/option-usage.ts";
import { agentOf, type Subject, write } from "../agents.ts";

/** A tool in `permissions.deny` runs for nobody, though everything else runs unasked. */
export async function denied(subject: Subject): Promise<void> {
  const { t, rig, facts, harness } = subject;
  if (reachOf(harness, "agent.permissions.deny").length === 0) return;
  await t.test("a denied tool does not run", async () => {
    const { tool, bypass } = facts;
    const fenced = agentOf(subject, bypass, { permissions: { deny: [tool.name] } });
    const fleet = await rig.start({ fenced });
    try {
      const agent = fleet.agent("fenced");
      await agent.until("ready");
      const file = join(agent.plan.workdir, "denied");
      await agent.ask(write(tool, file));
      assert.equal(existsSync(file), false);
      assert.ok(!(await agent.states()).includes("waiting-permission"));
    } finally {
      await fleet.stop();
    }
  });
}
