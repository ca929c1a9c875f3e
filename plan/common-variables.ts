import * as z from "zod";
import { LibraryForm, Plan } from "../schema/plan.ts";
import { type Harness, type Library, recordFor, type Subject } from "../schema/recipe/harness.ts";
import { type Node, pathOf, walk } from "../schema/recipe/node.ts";
import { expression } from "../schema/recipe/record.ts";
import type { Expr } from "../schema/recipe/types.ts";

/** Fields of every agent that ask something of a harness. */
export const ASKING = [
  "skills",
  "plugins",
  "mcpServers",
  "permissions.allow",
  "permissions.ask",
  "permissions.deny",
  "effort",
] as const;

/** What is the same for all agents of a harness. */
const Facts = z.strictObject({
  ...Plan.pick({ databases: true, resume: true, terminal: true, trust: true }).shape,
  name: z.string(),
  /** Asking fields that no part of the recipe reads. */
  library: LibraryForm,
  ignores: z.array(z.enum(ASKING)),
  /** Variables that the recipe always sets. */
  variables: z.array(z.string()),
});
type Facts = z.output<typeof Facts>;

/** The parts of a plan that a recipe makes for one agent; `argv` without the program. */
const Own = z.strictObject({
  ...Plan.pick({ acp: true, env: true, files: true, headless: true, links: true, seed: true })
    .shape,
  argv: z.array(z.string()),
});
export type Own = z.output<typeof Own>;

/** What the common parts need to know of a harness, and its Nix module tells them. */
export const factsOf = (harness: Harness): Facts => ({
  name: harness.name,
  databases: [...harness.databases],
  ignores: ignoredBy(harness),
  library: {
    skillFields: [...harness.library.skillFields],
    pluginFiles: [...harness.library.pluginFiles],
  },
  resume: [...harness.resume],
  terminal: harness.terminal,
  trust: harness.trust,
  variables: variablesOf(harness),
});

function ignoredBy(harness: Harness): Facts["ignores"] {
  const read = new Set<string>();
  for (const tree of Object.values(harness.trees)) {
    walk(tree, (node) => {
      const path = pathOf(node);
      if (path) read.add(path);
    });
  }
  return ASKING.filter((field) => !read.has(`agent.${field}`));
}

function variablesOf({ trees: { env } }: Harness): Facts["variables"] {
  if (env.op !== "object") return [];
  return env.fields.flatMap(({ key }) => (key?.op === "literal" ? [String(key.value)] : []));
}

export interface Around {
  readonly harness: Expr<Facts>;
  readonly library: Library;
  readonly own: Expr<Own>;
}

/** Records what all harnesses share, over the variables of a recipe and two more: `harness` and `own`. */
export function recordCommon(build: (agent: Subject, around: Around) => unknown): Node {
  const harness = expression<Facts>({ op: "variable", name: "harness" }, Facts);
  const own = expression<Own>({ op: "variable", name: "own" }, Own);
  return recordFor<z.ZodObject>(
    z.strictObject({}),
    (agent, library) => build(agent, { harness, library, own }),
    "common",
  );
}
