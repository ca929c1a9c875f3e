import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { State } from "../../runtime/up/status.ts";
import type { Harness } from "../../schema/recipe/harness.ts";

const Keys = z.array(z.string());

/** What the matrix must know of one harness: tests/golden/<harness>/matrix.json. */
export const Facts = z.strictObject({
  /** A tool call that writes `FILE`, and that needs a permission. */
  tool: z.strictObject({ name: z.string(), input: z.record(z.string(), z.unknown()) }).nullable(),
  /** What a person presses in the dialog, as tmux names keys; null where the harness asks nobody. */
  deny: Keys.nullable(),
  approve: Keys.nullable(),
  /** Options of the harness by which the tool runs unasked, and by which it is refused unasked. */
  bypass: z.record(z.string(), z.unknown()),
  refuse: z.record(z.string(), z.unknown()).nullable(),
  /** Variables that only make a refusal quick. */
  environment: z.record(z.string(), z.string()),
  /** Options of an agent without credentials, where the harness then asks for a login. */
  withoutLogin: z.record(z.string(), z.unknown()),
  /** Every state of the scripted turn, in its order. */
  status: z.array(State),
});
export type Facts = z.output<typeof Facts>;

export const factsOf = ({ name }: Harness): Facts => {
  const file = join(import.meta.dirname, "../golden", name, "matrix.json");
  return Facts.parse(JSON.parse(readFileSync(file, "utf8")));
};
