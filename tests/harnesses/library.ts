import { join } from "node:path";
import { reachOf } from "../../generator/option-usage.ts";
import type { Harness } from "../../schema/recipe/harness.ts";

const at = (path: string): string => join(import.meta.dirname, "library", path);

const SKILL = "Use when the heron stands in the reeds.";

/** What agents of the matrix ask for by name. */
export const LIBRARY = {
  skills: { reeds: { description: SKILL, source: at("reeds") } },
  mcpServers: {
    tide: { kind: "stdio", command: process.execPath, args: [at("tide.ts")] },
  },
};

/** By field of an agent: the names in it, and what the model must be told when the harness knows that field. */
const ASKED = {
  skills: { names: ["reeds"], told: SKILL },
  mcpServers: { names: ["tide"], told: "tide_level" },
};

export interface Asked {
  readonly field: string;
  readonly names: readonly string[];
  readonly told: string;
}

export const askedOf = (harness: Harness): readonly Asked[] =>
  Object.entries(ASKED)
    .map(([field, asked]) => ({ field, ...asked }))
    .filter(({ field }) => reachOf(harness, `agent.${field}`).length > 0);
