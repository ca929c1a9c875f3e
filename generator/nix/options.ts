import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";
import { checksOf, defaultOf, metaOf, patternOf } from "../../schema/introspect.ts";
import type { NixType } from "../../schema/names.ts";
import { posix } from "../../schema/posix.ts";
import { isWrapper } from "../../schema/wrappers.ts";
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
  for (const value of [
    ...(fallback ? [fallback.value] : []),
    ...(example === undefined ? [] : [example]),
  ]) {
    const { success } = z.safeParse(schema, value);
    if (!success)
      throw noForm(
        path,
        `its own type refuses ${JSON.stringify(value)}`,
        "correct the default or example",
      );
  }
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
  text: atom("(import ../types.nix { inherit lib; }).text"),
};

const noForm = (path: string, what: string, fix: string): ForgeError =>
  new ForgeError("NO_NIX_FORM", `${path}: ${what}`, { fix });

/** The lib.types expression that accepts what the schema accepts. Throws NO_NIX_FORM rather than widen it. */
export function typeOf(schema: Schema, path: string): Term {
  if (isWrapper(schema)) {
    refuseChecks(schema, path);
    const inner = typeOf(schema.unwrap(), path);
    return schema instanceof z.ZodNullable ? call("lib.types.nullOr", [inner]) : inner;
  }
  const { nixType } = metaOf(schema);
  if (nixType) return NAMED[nixType];
  if (schema instanceof z.ZodString) return textType(schema, path);
  if (schema instanceof z.ZodNumber) return integerType(schema, path);
  refuseChecks(schema, path);
  if (schema instanceof z.ZodBoolean) return atom("lib.types.bool");
  if (schema instanceof z.ZodEnum) return enumType(schema.options, path);
  if (schema instanceof z.ZodLiteral) return enumType([...schema.values], path);
  if (schema instanceof z.ZodArray) {
    return call("lib.types.listOf", [typeOf(schema.element, `${path}[]`)]);
  }
  if (schema instanceof z.ZodRecord) return recordType(schema, path);
  if (schema instanceof z.ZodObject) return submodule(schema, path);
  if (schema instanceof z.ZodDiscriminatedUnion) return taggedType(schema, path);
  if (schema instanceof z.ZodUnion) return eitherType(schema, path);
  if (schema instanceof z.ZodOptional) {
    throw noForm(path, "Nix has no optional fields", "use .nullable().default(null)");
  }
  const { def } = schema._zod;
  throw noForm(
    path,
    `z.${"format" in def ? def.format : def.type}() has no Nix form`,
    "say it with a type of generator/nix/options.ts, or add one there",
  );
}

function refuseChecks(schema: Schema, path: string): void {
  const [check] = checksOf(schema);
  if (check) throw unseen(check.check, path);
}

const unseen = (check: string, path: string): ForgeError =>
  noForm(
    path,
    `${check === "custom" ? ".refine()" : `the check ${check}`} cannot be seen by Nix`,
    "write it as a rule of the recipe, or in plan/rules.ts for every harness",
  );

function textType(schema: z.ZodString, path: string): Term {
  const pattern = patternOf(schema);
  if (pattern) return call("lib.types.strMatching", [string(posix(pattern, path))]);
  const [check] = checksOf(schema);
  if (!check && schema.format === null) return atom("lib.types.str");
  if (check?.check === "custom") throw unseen(check.check, path);
  throw noForm(
    path,
    `its ${schema.format ?? "length"} has no Nix form (lengths count bytes there, UTF-16 units here)`,
    "use one anchored .regex()",
  );
}

/** A pattern of the keys becomes a rule: see plan/rules.ts. */
function recordType(schema: z.ZodRecord, path: string): Term {
  const { keyType } = schema;
  const plainKey = keyType instanceof z.ZodString && checksOf(keyType).length === 0;
  if (!plainKey && !patternOf(keyType)) {
    throw noForm(
      path,
      "its keys are neither any text nor text of one pattern",
      "use z.string() or one .regex()",
    );
  }
  return call("lib.types.attrsOf", [typeOf(schema.valueType, `${path}.<name>`)]);
}

function integerType(schema: z.ZodNumber, path: string): Term {
  if (!schema.isInt)
    throw noForm(path, "floats print differently in Nix and JavaScript", "use z.int()");
  const bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  for (const check of checksOf(schema)) narrow(bounds, check, path);
  const { low, high } = bounds;
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY)
    return atom("lib.types.int");
  if (high === Number.POSITIVE_INFINITY && (low === 0 || low === 1)) {
    return atom(low === 0 ? "lib.types.ints.unsigned" : "lib.types.ints.positive");
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw noForm(path, "it is bounded on one side only", "give it both bounds");
  }
  return call("lib.types.ints.between", [integer(low), integer(high)]);
}

function narrow(
  bounds: { low: number; high: number },
  check: z.core.$ZodCheckDef,
  path: string,
): void {
  if (check.check === "number_format") return;
  const value: unknown = "value" in check ? check.value : undefined;
  const beside = "inclusive" in check && check.inclusive ? 0 : 1;
  if (check.check === "greater_than" && typeof value === "number")
    bounds.low = Math.max(bounds.low, value + beside);
  else if (check.check === "less_than" && typeof value === "number")
    bounds.high = Math.min(bounds.high, value - beside);
  else throw unseen(check.check, path);
}

const integer = (value: number): Term => atom(value < 0 ? `(${value})` : String(value));

const enumType = (values: readonly unknown[], path: string): Term =>
  call("lib.types.enum", [list(values.map((value) => plain(value, path)))]);

function submodule(schema: z.ZodObject, path: string): Term {
  if (!(schema._zod.def.catchall instanceof z.ZodNever)) {
    throw noForm(
      path,
      "it takes unknown fields",
      'use z.strictObject, or mark freeform data with .meta({ nixType: "json" })',
    );
  }
  return call("lib.types.submodule", [set([["options", optionSet(schema, path)]])]);
}

/** Text or one object: what Nix tells apart without a tag. */
function eitherType(schema: z.ZodUnion, path: string): Term {
  const [text, object, ...others] = schema.options;
  if (text instanceof z.ZodString && object instanceof z.ZodObject && others.length === 0) {
    return call("lib.types.either", [typeOf(text, path), typeOf(object, path)]);
  }
  throw noForm(
    path,
    "its alternatives are not text and one object",
    "use z.discriminatedUnion, or z.union([z.string(), z.strictObject({ … })])",
  );
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
