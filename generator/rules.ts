import * as z from "zod";
import { Agent } from "../schema/agent.ts";
import { type Harness, type Problem, recordFor, type Subject } from "../schema/recipe/harness.ts";
import { each, isEmpty, isGiven, keys, matches, not, t, when } from "../schema/recipe/index.ts";
import { type Node, pathOf, walk } from "../schema/recipe/node.ts";
import type { AnyDict, Bool, Items, Text } from "../schema/recipe/types.ts";
import { unwrap } from "../schema/wrappers.ts";
import { posix } from "./nix/posix.ts";
import { COMMON_ENV, concat } from "./plan-tree.ts";
import { patternOf } from "./schema-facts.ts";

/** All rules of a harness as one tree: a list of problems, empty for an agent that can work. */
export const ruleTree = (harness: Harness): Node =>
  concat(
    recordFor(harness.options, (a, library) => [...declared(a, library)], "rules: declared"),
    recordFor(harness.options, (a) => unused(harness, a), "rules: unused"),
    recordFor(harness.options, (a) => taken(harness, a), "rules: taken"),
    recordFor(harness.options, (a) => badKeys(Agent, a, ""), "rules: keys"),
    recordFor(
      harness.options,
      (a) => badKeys(harness.options, a.options, `${harness.name}.`),
      "rules: keys of options",
    ),
    harness.trees.rules,
  );

type Build = Parameters<typeof recordFor>[1];

/** What an agent asks for by name has to exist. */
const declared = (a: Subject, library: Parameters<Build>[1]): Items<Problem> => [
  ...each(a.skills, (name) =>
    when(not(library.skills.has(name)), [undeclared("skills", "skill", name)]),
  ),
  ...each(a.plugins, (name) =>
    when(not(library.plugins.has(name)), [undeclared("plugins", "plugin", name)]),
  ),
  ...each(a.mcpServers, (name) =>
    when(not(library.mcpServers.has(name)), [undeclared("mcpServers", "MCP server", name)]),
  ),
];

const undeclared = (option: string, kind: string, name: Text): Problem => ({
  option,
  problem: t`${kind} "${name}" is not declared`,
  fix: t`declare ${option}.${name} (services.forge.${option}.${name} on NixOS), or take the name out`,
});

/** Fields that ask something of a harness, and when an agent uses them. */
const ASKED: { readonly [field: string]: (a: Subject) => Bool } = {
  skills: (a) => not(isEmpty(a.skills)),
  plugins: (a) => not(isEmpty(a.plugins)),
  mcpServers: (a) => not(isEmpty(a.mcpServers)),
  "permissions.allow": (a) => not(isEmpty(a.permissions.allow)),
  "permissions.deny": (a) => not(isEmpty(a.permissions.deny)),
  effort: (a) => isGiven(a.effort),
};

/** A field that no part of the recipe reads would be ignored in silence. */
function unused(harness: Harness, a: Subject): Items<Problem> {
  const read = fieldsRead(harness);
  return Object.entries(ASKED)
    .filter(([option]) => !read.has(`agent.${option}`))
    .flatMap(([option, isAsked]) => [...when(isAsked(a), [ignored(harness, option)])]);
}

const ignored = (harness: Harness, option: string): Problem => ({
  option,
  problem: `${harness.name} has nothing that this could set`,
  fix: "take it out, or choose another harness",
});

function fieldsRead(harness: Harness): ReadonlySet<string> {
  const read = new Set<string>();
  for (const tree of Object.values(harness.trees)) {
    walk(tree, (node) => {
      const path = pathOf(node);
      if (path) read.add(path);
    });
  }
  return read;
}

/** Variables that the plan sets itself, or that bring a secret, have one source only. */
function taken(harness: Harness, a: Subject): Items<Problem> {
  const { env } = harness.trees;
  const own =
    env.op === "object"
      ? env.fields.flatMap(({ key }) => (key?.op === "literal" ? [String(key.value)] : []))
      : [];
  const names = [...COMMON_ENV, ...own];
  return [
    ...each(names, (name) =>
      when(a.environment.has(name), [
        occupied(t`environment.${name}`, "forge sets this variable itself"),
      ]),
    ),
    ...each(names, (name) =>
      when(a.secrets.has(name), [occupied(t`secrets.${name}`, "forge sets this variable itself")]),
    ),
    ...each(keys(a.environment), (name) =>
      when(a.secrets.has(name), [occupied(t`environment.${name}`, "a secret has the same name")]),
    ),
  ];
}

const occupied = (option: Text, problem: string): Problem => ({
  option,
  problem,
  fix: "take it out, or give it another name",
});

/** attrsOf takes any name, so the pattern of a record's keys becomes a rule. */
function badKeys(schema: z.ZodObject, of: object, prefix: string): Items<Problem> {
  return Object.entries(schema.shape).flatMap(([field, value]: [string, z.core.$ZodType]) => {
    const record = unwrap(value);
    const pattern = record instanceof z.ZodRecord ? patternOf(record.keyType) : undefined;
    if (!pattern) return [];
    const text = posix(pattern, `${prefix}${field}`);
    const dict: AnyDict = Reflect.get(of, field);
    return [
      ...each(keys(dict), (name) =>
        when(not(matches(text, name)), [
          {
            option: `${prefix}${field}`,
            problem: t`the name "${name}" cannot be used`,
            fix: `use a name that matches ${text}`,
          },
        ]),
      ),
    ];
  });
}
