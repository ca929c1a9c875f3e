import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";
import type { NixType } from "../../schema/names.ts";
import { checksOf, defaultOf, isWrapper, metaOf, patternOf } from "../schema-facts.ts";
import { posix } from "./posix.ts";
import { atom, type Binding, call, list, name, set, string, type Term } from "./syntax.ts";

type Schema = z.core.$ZodType;

/** Option declarations of an object's fields. An object that is always there becomes a nested set of options. */
export function optionSet(schema: z.ZodObject, path: string): Term {
  const bindings = Object.entries(schema.shape).map(
    ([key, field]: [string, z.core.$ZodType]): Binding => {
      const at = `${path}.${key}`;
      const nested = field instanceof z.ZodPrefault ? field.unwrap() : undefined;
      if (nested instanceof z.ZodObject) {
        refuseChecks(nested, at);
        return [name(key), optionSet(nested, at)];
      }
      return [name(key), option(field, at)];
    },
  );
  return set(bindings);
}

export function option(schema: z.core.$ZodType, path: string): Term {
  const { description, examples } = metaOf(schema);
  if (!description) throw noForm(path, "it has no description", 'add .meta({ description: "…" })');
  const example = Array.isArray(examples) ? examples[0] : undefined;
  const bindings: Binding[] = [["type", typeOf(schema, path)]];
  const fallback = defaultOf(schema);
  if (fallback) bindings.push(["default", plain(fallback.value, path)]);
  if (example !== undefined) bindings.push(["example", plain(example, path)]);
  bindings.push(["description", string(description)]);
  return call("lib.mkOption", [set(bindings)]);
}

/** Types that zod alone does not tell; see NixType in schema/names.ts. */
const NAMED: { readonly [T in NixType]: Term } = {
  externalPath: atom("lib.types.externalPath"),
  json: call("lib.types.attrsOf", [atom("lib.types.json")]),
  nonEmptyStr: atom("lib.types.nonEmptyStr"),
  package: atom("lib.types.package"),
  path: atom("lib.types.path"),
};

const noForm = (path: string, what: string, fix: string): ForgeError =>
  new ForgeError("NO_NIX_FORM", `${path}: ${what}`, { fix });

/** The lib.types expression that accepts what the schema accepts. Throws NO_NIX_FORM rather than widen it. */
export function typeOf(schema: Schema, path: string): Term {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return call("lib.types.nullOr", [typeOf(schema.unwrap(), path)]);
  }
  if (isWrapper(schema)) return typeOf(schema.unwrap(), path);
  const { nixType } = metaOf(schema);
  if (nixType) return NAMED[nixType];
  if (schema instanceof z.ZodString) return textType(schema, path);
  if (schema instanceof z.ZodNumber) return integerType(schema, path);
  if (schema instanceof z.ZodBoolean) return atom("lib.types.bool");
  if (schema instanceof z.ZodEnum) return enumType(schema.options, path);
  if (schema instanceof z.ZodLiteral) return enumType([...schema.values], path);
  if (schema instanceof z.ZodArray) {
    refuseChecks(schema, path);
    return call("lib.types.listOf", [typeOf(schema.element, `${path}[]`)]);
  }
  if (schema instanceof z.ZodRecord) {
    return call("lib.types.attrsOf", [typeOf(schema.valueType, `${path}.<name>`)]);
  }
  if (schema instanceof z.ZodObject) return submodule(schema, path);
  if (schema instanceof z.ZodDiscriminatedUnion) return taggedType(schema, path);
  const kind = schema._zod.def.type;
  throw noForm(
    path,
    `z.${kind}() has no Nix form`,
    "say it with a type of generator/nix/options.ts, or add one there",
  );
}

function refuseChecks(schema: Schema, path: string): void {
  const [check] = checksOf(schema);
  if (!check) return;
  const what = check.check === "custom" ? ".refine()" : `the check ${check.check}`;
  throw noForm(
    path,
    `${what} cannot be seen by Nix`,
    "write it as a rule of the recipe, or in generator/common-rules.ts",
  );
}

function textType(schema: z.ZodString, path: string): Term {
  if (checksOf(schema).length === 0 && schema.format === null) return atom("lib.types.str");
  const pattern = patternOf(schema);
  if (pattern) return call("lib.types.strMatching", [string(posix(pattern, path))]);
  throw noForm(
    path,
    "its checks have no Nix form (lengths count bytes there, UTF-16 units here)",
    "use one anchored .regex()",
  );
}

function integerType(schema: z.ZodNumber, path: string): Term {
  if (!schema.isInt)
    throw noForm(path, "floats print differently in Nix and JavaScript", "use z.int()");
  const { minValue: low, maxValue: high } = schema;
  const bounded = (value: number | null): value is number =>
    value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (!bounded(low) && !bounded(high)) return atom("lib.types.int");
  if (!bounded(high) && (low === 0 || low === 1)) {
    return atom(low === 0 ? "lib.types.ints.unsigned" : "lib.types.ints.positive");
  }
  if (!bounded(low) || !bounded(high))
    throw noForm(path, "it is bounded on one side only", "give it both bounds");
  return call("lib.types.ints.between", [integer(low), integer(high)]);
}

const integer = (value: number): Term => atom(value < 0 ? `(${value})` : String(value));

const enumType = (values: readonly unknown[], path: string): Term =>
  call("lib.types.enum", [list(values.map((value) => plain(value, path)))]);

function submodule(schema: z.ZodObject, path: string): Term {
  refuseChecks(schema, path);
  if (!(schema._zod.def.catchall instanceof z.ZodNever)) {
    throw noForm(
      path,
      "it takes unknown fields",
      'use z.strictObject, or mark freeform data with .meta({ nixType: "json" })',
    );
  }
  return call("lib.types.submodule", [set([["options", optionSet(schema, path)]])]);
}

function taggedType(schema: z.ZodDiscriminatedUnion, path: string): Term {
  const tag = schema.def.discriminator;
  const variants = schema.options.map((option): [string, Term] => {
    const kind: unknown = option instanceof z.ZodObject ? option.shape[tag] : undefined;
    if (!(option instanceof z.ZodObject) || !(kind instanceof z.ZodLiteral)) {
      throw noForm(
        path,
        "a variant is no object with a literal tag",
        `give each variant ${tag}: z.literal(…)`,
      );
    }
    const name = String(kind.value);
    const { description } = metaOf(option);
    if (!description)
      throw noForm(`${path}.${name}`, "it has no description", 'add .meta({ description: "…" })');
    const fields = call("lib.types.submodule", [
      set([["options", optionSet(withoutField(option, tag), `${path}.${name}`)]]),
    ]);
    return [
      name,
      call("lib.mkOption", [
        set([
          ["type", fields],
          ["description", string(description)],
        ]),
      ]),
    ];
  });
  return call("lib.types.attrTag", [set(variants)]);
}

/** A plain value as Nix. */
export function plain(value: unknown, path: string): Term {
  if (value === null || typeof value === "boolean") return atom(String(value));
  if (typeof value === "number" && Number.isSafeInteger(value)) return integer(value);
  if (typeof value === "string") return string(value);
  if (Array.isArray(value)) return list(value.map((item: unknown) => plain(item, path)));
  if (typeof value === "object") {
    return set(
      Object.entries(value).map(([key, item]: [string, unknown]) => [name(key), plain(item, path)]),
    );
  }
  throw noForm(
    path,
    `the value ${String(value)} has no Nix form`,
    "use null, a boolean, an integer, text, a list or an object",
  );
}

const withoutField = (schema: z.ZodObject, field: string): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(schema.shape).filter(([key]) => key !== field)));
