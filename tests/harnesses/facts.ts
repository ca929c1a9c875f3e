import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Activity } from "../../schema/activity-record.ts";
import type { Harness } from "../../schema/recipe/harness.ts";

const Keys = z.array(z.string());

const Call = z.strictObject({ name: z.string(), input: z.record(z.string(), z.string()) });
export type Call = z.output<typeof Call>;

/** What the matrix must know of one harness: tests/golden/<harness>/matrix.json. */
export const Facts = z.strictObject({
  /** A tool call that writes `FILE`, after a person permits it. */
  tool: Call,
  /** The same for the agent that asks nobody, where it must be another. */
  unasked: Call.nullable(),
  /** What a person presses in the dialog, as tmux names keys; null where the harness asks nobody. */
  deny: Keys.nullable(),
  approve: Keys.nullable(),
  /** Options of the harness by which the tool runs unasked, and by which it is refused unasked. */
  bypass: z.record(z.string(), z.unknown()),
  refuse: z.record(z.string(), z.unknown()).nullable(),
  /** Variables that only make a refusal quick. */
  environment: z.record(z.string(), z.string()),
  /** Options of agents without credentials, and whether the harness then asks for a login before the first prompt. */
  withoutLogin: z.array(
    z.strictObject({
      options: z.record(z.string(), z.unknown()),
      /** One that the harness knows, where it says another thing of that. */
      model: z.string().exactOptional(),
      unprompted: z.boolean(),
      /** Part of the line that asks; null where the harness tells it by itself. */
      asks: z.string().nullable(),
    }),
  ),
  /** A workspace that makes it ask something before the first prompt, and part of the line that asks; null if none does. */
  question: z
    .strictObject({
      options: z.record(z.string(), z.unknown()),
      files: z.record(z.string(), z.string()),
      asks: z.string(),
    })
    .nullable(),
  /** What becomes of a prompt that the provider refuses, by HTTP status, in this order. */
  refusals: z.array(z.tuple([z.int(), Activity])),
  /** Names that it looks up at its start and that no setting stops. None is ever reached in the matrix. */
  lookups: z.array(z.string()),
  /**
   * What a repository must not do unasked: files by which it would run a program, which makes the file `RAN`, and the
   * file of instructions that the harness reads all the same. null where the harness cannot be kept from it.
   */
  repository: z
    .strictObject({ instructions: z.string(), files: z.record(z.string(), z.string()) })
    .nullable(),
  /** Every state of the scripted turn, in its order. */
  status: z.array(Activity),
});
export type Facts = z.output<typeof Facts>;

const fileOf = ({ name }: Pick<Harness, "name">): string =>
  join(import.meta.dirname, "../golden", name, "matrix.json");

export const hasFacts = (harness: Pick<Harness, "name">): boolean => existsSync(fileOf(harness));

export const factsOf = (harness: Pick<Harness, "name">): Facts =>
  Facts.parse(JSON.parse(readFileSync(fileOf(harness), "utf8")));
