import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { ForgeError } from "../errors.ts";
import { recordFor } from "./harness.ts";
import { each, given, is, not, t, when } from "./index.ts";

const options = z.strictObject({
  flag: z.boolean().default(false).meta({ description: "." }),
  level: z.enum(["low", "high"]).default("low").meta({ description: "." }),
});
type Build = Parameters<typeof recordFor<typeof options>>[1];
const record = (build: Build) => recordFor(options, build, "sample");
const refused = (build: Build, says: RegExp) =>
  assert.throws(
    () => record(build),
    (error) =>
      error instanceof ForgeError && error.code === "RECIPE_INVALID" && says.test(error.report()),
  );

test("what a recipe reads becomes a frozen tree", () => {
  const tree = record((a) => ["--model", a.model, ...when(a.options.flag, ["--flag"])]);
  assert.equal(tree.op, "list");
  assert.ok(Object.isFrozen(tree) && tree.op === "list" && Object.isFrozen(tree.items));
});

test("variables are named after what they run over, and nested ones differ", () => {
  const tree = record((a) => each(a.skills, () => [...each(a.skills, (inner) => [inner])]));
  assert.match(JSON.stringify(tree), /"variable":"skill".*"variable":"skill2"/);
});

test("an expression used as a JavaScript value is refused, and taught", () => {
  refused((a) => `${a.model}`, /agent\.model is an expression, not a value.*\n.*t`/);
  refused((a) => [String(a.model)], /is an expression/);
  refused((a) => ({ level: JSON.stringify(a.options.level) }), /options\.level is an expression/);
});

test("an expression that is computed and dropped is refused: it was a JavaScript choice", () => {
  refused((a) => {
    const chosen = not(a.options.flag) ? ["--a"] : ["--b"];
    return chosen;
  }, /computed but unused.*\n.*when\(flag\)/);
});

test("a field that does not exist is refused with those that do", () => {
  refused((a) => [Reflect.get(a.permissions, "alow")], /no field "alow"\n.*allow, ask, deny/);
});

test("what has no Nix form is refused", () => {
  refused(() => [0.5], /0\.5 is not an integer/);
  refused(() => ["a\0b"], /NUL/);
  refused(() => ["\ud800"], /lone surrogates/);
  refused(() => [undefined], /undefined is no expression/);
  refused(() => new Map().get, /function is no expression/);
});

test("a choice of single values needs both cases", () => {
  refused((a) => ({ x: when(a.options.flag, "yes") }), /lacks its other case/);
  refused((a) => ({ x: given(a.effort, (level) => level) }), /lacks its other case/);
});

test("text, equality and nested choices stay expressions", () => {
  const tree = record((a) => ({
    x: t`a${t`b${a.model}`}`,
    y: when(is(a.options.level, "low"), "l", "h"),
  }));
  assert.match(
    JSON.stringify(tree),
    /"op":"text","parts":\[\{"op":"literal","value":"a"\},\{"op":"literal","value":"b"\}/,
  );
});
