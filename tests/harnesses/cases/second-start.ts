import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { agentOf, type Subject, write } from "../agents.ts";
import { type Driven, pause } from "../rig.ts";

/** The state of the first start again: as it was left, and as a crash could leave it. */
export async function secondStart(subject: Subject): Promise<void> {
  const { t, rig, facts } = subject;
  const agents = {
    asking: agentOf(subject, facts.refuse ?? {}),
    free: agentOf(subject, facts.bypass, { workspace: rig.repository }),
  };
  await t.test("a second start goes on with the conversation, no key pressed", async () => {
    const fleet = await rig.start(agents);
    try {
      const asking = fleet.agent("asking");
      await Promise.all([asking.until("ready"), fleet.agent("free").until("ready")]);
      const asked = rig.stub.requests.length;
      await asking.ask("what did I say?");
      const later = rig.stub.requests.slice(asked);
      assert.ok(later.some(({ body }) => body.includes("the second line")));
      if (facts.refuse) await refuses(subject, asking);
    } finally {
      await fleet.stop();
    }
  });
  await t.test("state cut in half by a crash is repaired, or it says what is wrong", async () => {
    for (const file of ownFiles(rig.home("asking"))) truncateSync(file, lstatSync(file).size >> 1);
    const fleet = await rig.start({ asking: agents.asking });
    try {
      // It may end and be started without its conversation, ask whether to repair, or fail for good.
      const state = await fleet.agent("asking").settles(60_000);
      await pause(1000);
      if (state === "ready") await fleet.agent("asking").ask("are you well?");
      else
        assert.ok(
          state === "waiting-permission" || fleet.kinds("asking").includes("failed"),
          state,
        );
    } finally {
      await fleet.stop();
    }
  });
}

/** With permissions refused by an option, a tool that needs one neither runs nor waits. */
async function refuses({ facts }: Subject, agent: Driven): Promise<void> {
  const file = join(agent.plan.workdir, "refused");
  await agent.ask(write(facts.tool, file));
  assert.equal(existsSync(file), false);
  assert.ok(!(await agent.states()).includes("waiting-permission"));
}

/** What the harness wrote itself; declared files are links. */
const ownFiles = (home: string): readonly string[] =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith(".forge") && !path.startsWith("workspace"))
    .map((path) => join(home, path))
    .filter((path) => lstatSync(path).isFile());
