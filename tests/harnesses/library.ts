import { join } from "node:path";
import { reachOf } from "../../generator/option-usage.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { refusalOf } from "../subject.ts";
import type { Gauge } from "./library/gauge.ts";

const at = (path: string): string => join(import.meta.dirname, "library", path);

const SKILL = "Use when the heron stands in the reeds.";

/** Not the key of a provider. A harness that fills it into JSON must quote it. */
export const KEY = { name: "HERON_KEY", value: 'heron-"1"-\\2' };

const bearer = { secret: KEY.name, prefix: "Bearer " };

const HEADERS = {
  Authorization: bearer,
  "X-Key": { secret: KEY.name },
  "X-Plain": "it's text",
};

/** What agents of the matrix ask for by name: a server of each kind, each with secrets. */
export const libraryAt = (root: string, gauge: Pick<Gauge, "url" | "sse">) => ({
  skills: { reeds: { description: SKILL, source: at("reeds") } },
  mcpServers: {
    tide: {
      kind: "stdio",
      command: process.execPath,
      args: [at("tide.ts"), recordAt(root)],
      env: { HERON_KEY: { secret: KEY.name }, TIDE_AUTH: bearer, PLAIN: "it's text" },
      toolTimeoutSec: 30,
    },
    gauge: {
      kind: "http",
      url: gauge.url,
      headers: HEADERS,
      toolTimeoutSec: 30,
    },
    swell: { kind: "sse", url: gauge.sse, headers: HEADERS, toolTimeoutSec: 30 },
  },
});

/** Where the server that is a program writes down its variables. */
export const recordAt = (root: string): string => join(root, "tide.json");

/** By field of an agent: the names in it, each with what the model must be told when the harness knows that field. */
const ASKED = {
  skills: { reeds: SKILL },
  mcpServers: { tide: "tide_level", gauge: "gauge_level", swell: "swell_level" },
};

export interface Asked {
  readonly field: string;
  readonly names: readonly string[];
  readonly told: readonly string[];
}

/** Whether the harness knows the transport: tests/servers.test.ts says which does. */
const isReached = (harness: Harness, name: string): boolean =>
  name !== "swell" ||
  refusalOf(
    harness,
    { mcpServers: [name] },
    { mcpServers: { [name]: { kind: "sse", url: "http://localhost/sse" } } },
  ) === "";

export const askedOf = (harness: Harness): readonly Asked[] =>
  Object.entries(ASKED)
    .map(([field, asked]) => {
      const known = Object.entries(asked).filter(([name]) => isReached(harness, name));
      return { field, names: known.map(([name]) => name), told: known.map(([, told]) => told) };
    })
    .filter(({ field }) => reachOf(harness, `agent.${field}`).length > 0);
