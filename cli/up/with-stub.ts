import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DeclaredAgent, Fleet } from "../../harnesses/fleet.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";

const KEY = "a-key-for-the-stub-model";

/** The fleet with every agent asking a stub model, which is up until `undo` is disposed of. */
export async function withStub(
  fleet: Fleet,
  state: string,
  undo: AsyncDisposableStack,
): Promise<Fleet> {
  const { url } = undo.use(await startStubModel());
  const key = join(state, ".forge", "stub-key");
  await mkdir(dirname(key), { recursive: true, mode: 0o700 });
  await writeFile(key, KEY, { mode: 0o600 });
  return { ...fleet, agents: fleet.agents.map((declared) => askingStub(declared, url, key)) };
}

function askingStub(declared: DeclaredAgent, url: string, key: string): DeclaredAgent {
  const { agent, harness } = declared;
  const { model, secret, options } = harness.stub(url);
  const secrets = { ...agent.secrets, [secret]: { file: key, delivery: "env" as const } };
  return {
    ...declared,
    agent: { ...agent, model, secrets, environmentFiles: [] }, // they hold the provider's key
    options: harness.options.parse({ ...declared.options, ...options }),
  };
}
