import * as z from "zod";
import { Agent } from "../schema/agent.ts";
import { patternOf } from "../schema/introspect.ts";
import { posix } from "../schema/posix.ts";
import { type Harness, type Problem, recordFor, type Subject } from "../schema/recipe/harness.ts";
import {
  each,
  isEmpty,
  isGiven,
  keys,
  match,
  matches,
  not,
  t,
  when,
} from "../schema/recipe/index.ts";
import type { Node } from "../schema/recipe/node.ts";
import type { AnyDict, Bool, Expr, Items, Text } from "../schema/recipe/types.ts";
import { unwrap } from "../schema/wrappers.ts";
import { COMMON_ENV } from "./common-plan.ts";
import { type Around, type ASKING, recordCommon } from "./common-variables.ts";
import { environmentRules, serverRules } from "./server-rules.ts";

/** Combinations that cannot work in any harness: a list of problems, empty for an agent that can work. */
export const commonRules = (): Node =>
  recordCommon((a, around) => [
    ...declared(a, around),
    ...unused(a, around),
    ...taken(a, around),
    ...serverRules(a, around.library),
    ...environmentRules(a),
    ...badKeys(Agent, a, ""),
  ]);

/** The recipe's own rules, and what the types of its options cannot say in Nix. */
export const ownRules = (harness: Harness): Node =>
  concat(
    recordFor(
      harness.options,
      (a) => badKeys(harness.options, a.options, `${harness.name}.`),
      "rules: keys of options",
    ),
    harness.trees.rules,
  );

const concat = (...lists: readonly Node[]): Node => ({
  op: "list",
  items: lists.flatMap((node) => (node.op === "list" ? node.items : [{ splice: true, node }])),
});

/** What an agent asks for by name has to exist. */
const declared = (a: Subject, { library }: Around): Items<Problem> => [
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

/** A field that no part of the recipe reads would be ignored in silence. */
const unused = (a: Subject, { harness }: Around): Items<Problem> => {
  const isAsking = (field: Expr<(typeof ASKING)[number]>): Bool =>
    match(field, {
      skills: not(isEmpty(a.skills)),
      plugins: not(isEmpty(a.plugins)),
      mcpServers: not(isEmpty(a.mcpServers)),
      "permissions.allow": not(isEmpty(a.permissions.allow)),
      "permissions.ask": not(isEmpty(a.permissions.ask)),
      "permissions.deny": not(isEmpty(a.permissions.deny)),
      effort: isGiven(a.effort),
    });
  return [
    ...each(harness.ignores, (field) =>
      when(isAsking(field), [
        {
          option: field,
          problem: t`${harness.name} does not support this option`,
          fix: "take it out, or choose another harness",
        },
      ]),
    ),
  ];
};

/** Variables that the plan sets itself, or that bring a secret, have one source only. */
const taken = (a: Subject, { harness }: Around): Items<Problem> => [
  ...each([...COMMON_ENV, ...harness.variables], (name) => [
    ...when(a.environment.has(name), [
      occupied(t`environment.${name}`, "forge sets this variable itself"),
    ]),
    ...when(a.secrets.has(name), [occupied(t`secrets.${name}`, "forge sets this variable itself")]),
  ]),
  ...each(keys(a.environment), (name) =>
    when(a.secrets.has(name), [occupied(t`environment.${name}`, "a secret has the same name")]),
  ),
];

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
