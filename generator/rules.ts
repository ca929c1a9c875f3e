import * as z from "zod";
import { Agent } from "../schema/agent.ts";
import { type Harness, recordFor } from "../schema/recipe/harness.ts";
import { each, keys, not, t, when } from "../schema/recipe/index.ts";
import { literal, type Node } from "../schema/recipe/node.ts";
import type { Text } from "../schema/recipe/types.ts";
import { posix } from "./nix/posix.ts";
import { isWrapper, patternOf } from "./schema-facts.ts";

/** All rules of a harness as one tree: a list of problems, empty for an agent that can work. */
export const ruleTree = (harness: Harness): Node => ({
  op: "list",
  items: [
    COMMON,
    ...keyRules(Agent, "agent", ""),
    ...keyRules(harness.options, "options", `${harness.name}.`),
    harness.trees.rules,
  ].flatMap((node) => (node.op === "list" ? node.items : [{ splice: true, node }])),
});

/** What no agent may ask for, whatever its harness. */
const COMMON: Node = recordFor(
  z.strictObject({}),
  (a, library) => [
    ...each(a.skills, (name) =>
      when(not(library.skills.has(name)), [undeclared("skills", "skill", name)]),
    ),
    ...each(a.plugins, (name) =>
      when(not(library.plugins.has(name)), [undeclared("plugins", "plugin", name)]),
    ),
    ...each(a.mcpServers, (name) =>
      when(not(library.mcpServers.has(name)), [undeclared("mcpServers", "MCP server", name)]),
    ),
    ...each(keys(a.environment), (name) =>
      when(a.secrets.has(name), [
        {
          option: t`environment.${name}`,
          problem: "a secret has the same name",
          fix: "take it out of environment, or out of secrets",
        },
      ]),
    ),
  ],
  "rules",
);

function undeclared(option: string, kind: string, name: Text) {
  return {
    option,
    problem: t`${kind} "${name}" is not declared`,
    fix: t`declare ${option}.${name} beside agents, or take the name out`,
  };
}

/** attrsOf takes any name, so the pattern of a record's keys becomes a rule. */
function keyRules(schema: z.ZodObject, variable: "agent" | "options", prefix: string): Node[] {
  return Object.entries(schema.shape).flatMap(([field, value]: [string, z.core.$ZodType]) => {
    const record = opened(value);
    if (!(record instanceof z.ZodRecord)) return [];
    const pattern = patternOf(record.keyType);
    return pattern ? [keyRule(variable, field, `${prefix}${field}`, posix(pattern, field))] : [];
  });
}

const opened = (schema: z.core.$ZodType): z.core.$ZodType =>
  isWrapper(schema) ? opened(schema.unwrap()) : schema;

function keyRule(variable: string, field: string, option: string, pattern: string): Node {
  const name: Node = { op: "variable", name: "name" };
  const record: Node = { op: "get", from: { op: "variable", name: variable }, key: literal(field) };
  const problem: Node = {
    op: "object",
    fields: [
      { key: literal("option"), node: literal(option) },
      {
        key: literal("problem"),
        node: { op: "text", parts: [literal('the name "'), name, literal('" cannot be used')] },
      },
      { key: literal("fix"), node: literal(`use a name that matches ${pattern}`) },
    ],
  };
  return {
    op: "each",
    over: { op: "call", fn: "keys", args: [record] },
    variable: "name",
    body: {
      op: "if",
      condition: {
        op: "call",
        fn: "not",
        args: [{ op: "call", fn: "matches", args: [literal(pattern), name] }],
      },
      yes: { op: "list", items: [{ splice: false, node: problem }] },
      no: { op: "list", items: [] },
    },
  };
}
