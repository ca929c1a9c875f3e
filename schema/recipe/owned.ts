import { Freeform } from "../names.ts";
import { and, each, isEmpty, keys, match, not, t, when } from "./build.ts";
import type { Problem } from "./harness.ts";
import { literal } from "./node.ts";
import { expression, lower } from "./record.ts";
import type { AnyDict, Bool, Items, Text } from "./types.ts";

/** The options that set a field instead, or what forge needs it for. */
export type Owner = readonly [option: string, ...options: string[]] | { readonly needed: string };

/** A section of which forge sets some fields, and with `rest` all others too. */
export interface OwnedSection {
  readonly section: { readonly [field: string]: Owner };
  readonly rest?: Owner;
}

/** Fields of a free-form option that forge sets itself. */
export interface Owned {
  readonly [field: string]: Owner | OwnedSection;
}

/** A problem for each such field that an agent sets all the same. It names the very option that does so, if there is one. */
export function ownedFields(
  option: string,
  of: AnyDict,
  owned: Owned,
  problem = "forge writes this field itself",
): Items<Problem> {
  const fields = Object.entries(owned);
  const whole = fields.flatMap(([name, owner]) =>
    "section" in owner ? [] : [[name, owner] as const],
  );
  const parts = fields.flatMap(([name, owner]) =>
    "section" in owner ? [[name, owner] as const] : [],
  );
  const report = (where: Text, owner: Owner): Problem => ({
    option: where,
    problem,
    fix: fixOf(owner),
  });
  const refused = (at: string, dict: AnyDict, owners: readonly (readonly [string, Owner])[]) => {
    const fixes = Object.fromEntries(owners.map(([name, owner]) => [name, fixOf(owner)]));
    return each(Object.keys(fixes), (name) =>
      when(dict.has(name), [{ option: t`${at}.${name}`, problem, fix: match(name, fixes) }]),
    );
  };
  const problems = [
    ...(whole.length > 0 ? refused(option, of, whole) : []),
    ...parts.flatMap(([name, { section, rest }]) => {
      const inner = sectionOf(of, name);
      return [
        ...when(of.has(name), [
          ...refused(`${option}.${name}`, inner, Object.entries(section)),
          ...(rest
            ? when(hasNone(inner, Object.keys(section)), [report(`${option}.${name}`, rest)])
            : []),
        ]),
      ];
    }),
  ];
  return [...when(not(isEmpty(keys(of))), problems)]; // most agents set none
}

const fixOf = (owner: Owner): string =>
  "needed" in owner
    ? `take it out: it cannot be set, because forge needs it ${owner.needed}`
    : `set ${owner.join(", ").replace(/, ([^,]*)$/, " or $1")} instead`;

/** It may be no object: then it has no field. */
const sectionOf = (of: AnyDict, name: string): AnyDict =>
  expression<{ [field: string]: unknown }>(
    { op: "get", from: lower(of), key: literal(name) },
    Freeform,
  );

const hasNone = (of: AnyDict, [first = "", ...others]: readonly string[]): Bool =>
  others.reduce((none, name) => and(none, not(of.has(name))), not(of.has(first)));
