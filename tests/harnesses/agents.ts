import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Harness } from "../../schema/recipe/harness.ts";
import type { Call, Facts } from "./facts.ts";
import { askedOf, KEY } from "./library.ts";
import type { Rig } from "./rig.ts";

export interface Subject {
  readonly t: TestContext;
  readonly harness: Harness;
  readonly rig: Rig;
  readonly facts: Facts;
}

export const ROLE = "You are the heron of the matrix.";

/** An agent that asks the stub; `options` are the harness's own. */
export function agentOf({ harness, rig, facts }: Subject, options: object = {}, more: object = {}) {
  const stub = harness.stub(rig.stub.url);
  const file = join(rig.root, "key");
  writeFileSync(file, "sk-stub-0123456789-0123456789", { mode: 0o600 });
  const other = join(rig.root, "other-key");
  writeFileSync(other, `${KEY.value}\n`, { mode: 0o600 });
  return {
    harness: harness.name,
    model: stub.model,
    role: ROLE,
    environment: facts.environment,
    ...Object.fromEntries(askedOf(harness).map(({ field, names }) => [field, names])),
    secrets: { [stub.secret]: { file }, [KEY.name]: { file: other } },
    [harness.name]: { ...stub.options, ...options },
    ...more,
  };
}

/** The directive that makes the harness write a file. */
export const write = ({ name, input }: Call, file: string): string =>
  `[[tool ${name} ${JSON.stringify(input).replaceAll("FILE", file)}]]`;
