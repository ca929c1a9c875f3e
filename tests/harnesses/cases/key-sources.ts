import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentOf, type Subject } from "../agents.ts";

const IN_VARIABLE = "a-key-in-a-variable-of-the-agent";
const IN_FILE = "a-key-in-a-file-of-variables";

/** The provider's key comes as a variable, and in a file of variables; in the other cases it is a secret. */
export async function keySources(subject: Subject): Promise<void> {
  const { t, rig, harness } = subject;
  const { secret } = harness.stub(rig.stub.url);
  const { secrets, environment, ...declared } = agentOf(subject);
  const { [secret]: _, ...otherSecrets } = secrets;
  const file = join(rig.root, "keys.env");
  writeFileSync(file, `# keys\n${secret}="${IN_FILE}"\n`, { mode: 0o600 });
  const rest = { ...declared, secrets: otherSecrets };
  const agents = {
    variable: { ...rest, environment: { ...environment, [secret]: IN_VARIABLE } },
    filed: { ...rest, environment, environmentFiles: [file] },
  };
  const fleet = await rig.start(agents, "keys");
  const uses = async (name: keyof typeof agents, key: string) => {
    await fleet.agent(name).until("ready");
    await fleet.agent(name).ask("say anything");
    assert.ok(rig.stub.requests.some(({ headers }) => JSON.stringify(headers).includes(key)));
  };
  try {
    await t.test("its key may be a variable, or in a file of variables", async () => {
      await Promise.all([uses("variable", IN_VARIABLE), uses("filed", IN_FILE)]);
    });
  } finally {
    await fleet.stop();
  }
}
