import { join } from "node:path";
import { reachOf } from "../../generator/option-usage.ts";
import type { Harness } from "../../schema/recipe/harness.ts";

const at = (path: string): string => join(import.meta.dirname, "library", path);

const SKILL = "Use when the heron stands in the reeds.";

/** Not the key of a provider. A harness that fills it into JSON must quote it. */
export const KEY = { name: "HERON_KEY", value: 'heron-"1"-\\2' };

const bearer = { secret: KEY.name, prefix: "Bearer " };

/** What agents of the matrix ask for by name: a server of each kind, each with secrets. */
export const libraryAt = (root: string, gauge: string) => ({
  skills: { reeds: { description: SKILL, source: at("reeds") } },
  mcpServers: {
    tide: {
      kind: "stdio",
      command: process.execPath,
      args: [at("tide.ts"), recordAt(root)],
      env: { HERON_KEY: { secret: KEY.name }, TIDE_AUTH: bearer, PLAIN: "it's text" },
    },
    gauge: {
      kind: "http",
      url: gauge,
      headers: { Authorization: bearer, "X-Key": { secret: KEY.name }, "X-Plain": "it's text" },
    },
  },
});

/** Where the server that is a program writes down its variables. */
export const recordAt = (root: string): string => join(root, "tide.json");

/** By field of an agent: the names in it, and what the model must be told when the harness knows that field. */
const ASKED = {
  skills: { names: ["reeds"], told: SKILL },
  mcpServers: { names: ["tide", "gauge"], told: "tide_level" },
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
