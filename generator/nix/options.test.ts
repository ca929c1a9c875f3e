import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";
import { render } from "./layout.ts";
import { optionSet, typeOf } from "./options.ts";

const inWords = (schema: z.ZodType): string => render(typeOf(schema, "x").doc).replace(/\s+/g, " ");

const FORMS: readonly (readonly [z.ZodType, string])[] = [
  [z.string(), "lib.types.str"],
  [z.string().regex(/^[a-z]+$/), 'lib.types.strMatching "[a-z]+"'],
  [z.boolean(), "lib.types.bool"],
  [z.int(), "lib.types.int"],
  [z.int().min(0), "lib.types.ints.unsigned"],
  [z.int().min(1), "lib.types.ints.positive"],
  [z.int().positive(), "lib.types.ints.positive"],
  [z.int().gt(5).lt(9), "lib.types.ints.between 6 8"],
  [z.int().min(-2).max(9), "lib.types.ints.between (-2) 9"],
  [z.enum(["a", "b"]), 'lib.types.enum [ "a" "b" ]'],
  [z.literal("a"), 'lib.types.enum [ "a" ]'],
  [z.string().nullable(), "lib.types.nullOr lib.types.str"],
  [z.array(z.string()), "lib.types.listOf lib.types.str"],
  [z.array(z.string().nullable()), "lib.types.listOf (lib.types.nullOr lib.types.str)"],
  [z.record(z.string(), z.int()), "lib.types.attrsOf lib.types.int"],
];
for (const [schema, nix] of FORMS) {
  test(`prints ${nix}`, () => assert.equal(inWords(schema), nix));
}

const REFUSED: readonly (readonly [string, z.ZodType, RegExp])[] = [
  ["a refinement", z.array(z.string()).refine(() => true), /x: \.refine\(\) cannot be seen by Nix/],
  ["a refined string", z.string().refine(() => true), /x: \.refine\(\) cannot be seen/],
  ["a length", z.string().max(3), /x: its length has no Nix form/],
  ["a refined integer", z.int().refine(() => true), /x: \.refine\(\) cannot be seen/],
  ["a refined boolean", z.boolean().refine(() => true), /x: \.refine\(\) cannot be seen/],
  ["a refined enum", z.enum(["a"]).refine(() => true), /x: \.refine\(\) cannot be seen/],
  ["a refined record", z.record(z.string(), z.string()).refine(() => true), /x: \.refine/],
  [
    "a refinement after a default",
    z
      .string()
      .default("")
      .refine(() => true),
    /x: \.refine/,
  ],
  [
    "a refinement after null",
    z
      .string()
      .nullable()
      .refine(() => true),
    /x: \.refine/,
  ],
  ["a step", z.int().multipleOf(5), /x: the check multiple_of cannot be seen/],
  ["an optional field", z.string().optional(), /x: Nix has no optional fields/],
  ["keys of an enum", z.record(z.enum(["a"]), z.string()), /x: its keys are neither/],
  ["keys of a length", z.record(z.string().max(3), z.string()), /x: its keys are neither/],
  ["a format", z.email(), /x: z\.email\(\) has no Nix form/],
  ["a float", z.number(), /x: floats print differently/],
  ["a one-sided bound", z.int().min(5), /x: it is bounded on one side only/],
  ["an unanchored pattern", z.string().regex(/a/), /x: .*not anchored/],
  ["a pattern that POSIX lacks", z.string().regex(/^\d+$/), /x: .*has no POSIX form/],
  ["a pattern with two sides", z.string().regex(/^a|b$/), /x: .*parentheses/],
  ["a pattern that escapes in a class", z.string().regex(/^[a\-z]$/), /x: .*escapes inside/],
  ["a pattern with flags", z.string().regex(/^a$/i), /x: .*has flags/],
  ["a loose object", z.looseObject({}), /x: it takes unknown fields/],
  ["a transform", z.string().transform(Number), /x: z\.pipe\(\) has no Nix form/],
  ["a date", z.date(), /x: z\.date\(\) has no Nix form/],
  [
    "a plain union",
    z.union([z.string(), z.int()]),
    /x: its alternatives are not text and one object/,
  ],
];
for (const [what, schema, says] of REFUSED) {
  test(`refuses ${what}, naming the field`, () =>
    assert.throws(
      () => typeOf(schema, "x"),
      (error) =>
        error instanceof ForgeError && error.code === "NO_NIX_FORM" && says.test(error.message),
    ));
}

test("a default or example that its own type refuses is refused", () => {
  const wrong = z.int().meta({ description: "d", examples: ["nope"] });
  assert.throws(
    () => optionSet(z.strictObject({ a: wrong }), "x"),
    /x\.a: its own type refuses "nope"/,
  );
});

test("a field without a description is refused", () => {
  assert.throws(
    () => optionSet(z.strictObject({ a: z.string() }), "x"),
    /x\.a: it has no description/,
  );
});
