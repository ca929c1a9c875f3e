import assert from "node:assert/strict";
import { lstatSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { agentOf, type Subject } from "../agents.ts";

/** The state of the first start again: as it was left, and as a crash could leave it. */
export async function secondStart(subject: Subject): Promise<void> {
  const { t, rig, facts } = subject;
  const agents = {
    asking: agentOf(subject),
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
    } finally {
      await fleet.stop();
    }
  });
  await t.test("state cut in half by a crash is repaired, or it says what is wrong", async () => {
    for (const file of ownFiles(rig.home("asking"))) truncateSync(file, lstatSync(file).size >> 1);
    const fleet = await rig.start({ asking: agents.asking });
    try {
      const state = await fleet.agent("asking").settles(60_000);
      const asksPerson = state === "waiting-permission"; // whether it may repair
      assert.ok(state === "ready" || asksPerson || fleet.kinds("asking").includes("failed"), state);
    } finally {
      await fleet.stop();
    }
  });
}

/** What the harness wrote itself; declared files are links. */
const ownFiles = (home: string): readonly string[] =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith(".forge") && !path.startsWith("workspace"))
    .map((path) => join(home, path))
    .filter((path) => lstatSync(path).isFile());
