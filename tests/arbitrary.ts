import fc from "fast-check";
import * as z from "zod";
import { metaOf, patternOf } from "../schema/introspect.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import { isWrapper } from "../schema/wrappers.ts";

/** Text that breaks careless quoting in Nix, shells, JSON or JavaScript. */
const HOSTILE = [
  "''",
  "''${a}",
  "${x}",
  "$${x}",
  "$",
  "$(id)",
  "`id`",
  '"',
  "\\",
  "\\n",
  "\n",
  "\t\r",
  "-x",
  "--",
  "é✓😀",
  "a\u2028b",
  "\u007f\u0001",
  "__proto__",
  "constructor",
  "or",
  "inherit",
  "@bash@",
  "x".repeat(70_000),
];
const printable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }).filter(printable) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 30 }).filter(printable) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...HOSTILE.slice(0, -1)), { maxLength: 4 })
      .map((all) => all.join("")),
  },
);

/** Nix and JavaScript print floats differently, so freeform data holds integers. */
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    hostileText,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(hostileText, tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** Random values that a schema accepts, with every field present. `fixed` replaces fields by path. */
export function arbitraryOf(
  schema: z.core.$ZodType,
  fixed: { readonly [path: string]: fc.Arbitrary<Json> } = {},
  path = "",
): fc.Arbitrary<Json> {
  const replacement = fixed[path];
  if (replacement) return replacement;
  const inside = (of: z.core.$ZodType, key = ""): fc.Arbitrary<Json> =>
    arbitraryOf(of, fixed, key && path ? `${path}.${key}` : path || key);
  if (schema instanceof z.ZodNullable) return fc.option(inside(schema.unwrap()), { nil: null });
  if (isWrapper(schema)) return inside(schema.unwrap());
  const { nixType } = metaOf(schema);
  if (nixType === "json") return fc.dictionary(hostileText, json, { maxKeys: 3 });
  if (nixType)
    return nixType === "nonEmptyStr"
      ? hostileText.map((text) => `x${text}`)
      : hostileText.map((text) => `/${text}`);
  if (schema instanceof z.ZodString) {
    const pattern = patternOf(schema);
    return pattern ? fc.stringMatching(pattern) : hostileText;
  }
  if (schema instanceof z.ZodNumber) {
    return fc.integer({
      min: schema.minValue ?? 0,
      max: Math.min(schema.maxValue ?? 0, 2 ** 31 - 1),
    });
  }
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...[...schema.values].map(String));
  if (schema instanceof z.ZodArray) return fc.array(inside(schema.element), { maxLength: 3 });
  if (schema instanceof z.ZodRecord) {
    const key = schema.keyType;
    const pattern = patternOf(key);
    const keys = pattern ? fc.stringMatching(pattern) : hostileText;
    return fc.dictionary(keys, inside(schema.valueType), { maxKeys: 3 });
  }
  if (schema instanceof z.ZodObject) {
    const entries = Object.entries(schema.shape).map(
      ([key, field]: [string, z.core.$ZodType]): [string, fc.Arbitrary<Json>] => [
        key,
        inside(field, key),
      ],
    );
    return fc.record(Object.fromEntries(entries));
  }
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map((one) => inside(one)));
  throw new TypeError(`no arbitrary for ${schema._zod.def.type} at ${path}`);
}

/** As `arbitraryOf`, for schemas of objects. */
export const arbitraryObject = (
  schema: z.ZodObject,
  fixed?: { readonly [path: string]: fc.Arbitrary<Json> },
): fc.Arbitrary<JsonObject> =>
  arbitraryOf(schema, fixed).map((value) => {
    if (isJsonObject(value)) return value;
    throw new TypeError("an object schema gave no object");
  });
