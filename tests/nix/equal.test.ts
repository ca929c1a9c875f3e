import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import * as z from "zod";
import { HARNESSES } from "../../harnesses/registry.ts";
import { planOf, problemsOf } from "../../plan/plan.ts";
import { Agent } from "../../schema/agent.ts";
import { canonical, isJsonObject, type Json, type JsonObject } from "../../schema/json.ts";
import { Libraries } from "../../schema/library.ts";
import { type Harness, Place } from "../../schema/recipe/harness.ts";
import { arbitraryObject } from "../arbitrary.ts";
import { QUIET } from "./environment.ts";

const RUNS = 300;
const SEED = 20261121;
const NAMES = ["alpha", "beta", "gamma"];
const folder = mkdtempSync(join(tmpdir(), "forge-equal-"));
after(() => rmSync(folder, { recursive: true }));

const someNames = fc.array(fc.constantFrom(...NAMES), { maxLength: 4 });
const library = arbitraryObject(Libraries).chain((random) =>
  fc.record(
    Object.fromEntries(
      Object.entries(random).map(([kind, entries]) => {
        const shapes = isJsonObject(entries) ? Object.values(entries) : [];
        return [kind, fc.constant<Json>(shapes[0] === undefined ? {} : all(shapes))];
      }),
    ),
  ),
);

/** Every name, so that what an agent asks for is there; entries repeat if there are too few. */
const all = (shapes: readonly Json[]): JsonObject =>
  Object.fromEntries(NAMES.map((name, i) => [name, shapes[i % shapes.length] ?? null]));

const subject = (harness: Harness): fc.Arbitrary<JsonObject> =>
  library.chain((drawn) => {
    const known = (kind: string): fc.Arbitrary<Json> =>
      Object.keys(Object(drawn[kind])).length > 0 ? someNames : fc.constant([]);
    const fixed = {
      skills: known("skills"),
      plugins: known("plugins"),
      mcpServers: known("mcpServers"),
    };
    return fc.record({
      agent: arbitraryObject(Agent, { ...fixed, package: fc.constant(null) }),
      options: arbitraryObject(harness.options),
      place: arbitraryObject(Place),
      library: fc.constant<Json>(drawn),
    });
  });

/** lib.types.attrTag writes a union as a set with one attribute, its kind. */
const tagged = ({ mcpServers, ...rest }: JsonObject): JsonObject => ({
  ...rest,
  mcpServers: Object.fromEntries(
    Object.entries(isJsonObject(mcpServers) ? mcpServers : {}).map(([name, server]) => {
      const { kind, ...fields } = isJsonObject(server) ? server : {};
      return [name, { [String(kind)]: fields }];
    }),
  ),
});

/**
 * Canonical text of what builtins.toJSON printed. Only strings are parsed, one by one: V8 of Node 24.21 gives
 * wrong keys where objects of one array differ in an escaped key, as hostile ones do.
 */
const canonicalText = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"/g, (text) => JSON.stringify(JSON.parse(text)));

/** One evaluation of the generated module's own functions, with nothing of nixpkgs at hand. */
function evaluate(harness: Harness, subjects: readonly JsonObject[]): readonly string[] {
  const cases = join(folder, `${harness.name}.json`);
  const forNix = subjects.map((one) => ({
    ...one,
    library: tagged(isJsonObject(one["library"]) ? one["library"] : {}),
  }));
  writeFileSync(cases, JSON.stringify(forNix));
  const module = fileURLToPath(
    new URL(`../../modules/harnesses/${harness.name}.nix`, import.meta.url),
  );
  const expression = `
    let
      mkOption = option: option;
      lib = { inherit mkOption; mkPackageOption = _: _: _: { }; types.raw = null; };
      module = import ${module} { inherit lib; pkgs = throw "no packages here"; };
      recipe = module.options.services.forge.harnesses."${harness.name}".recipe.default;
    in
    map (subject: builtins.toJSON { plan = recipe.plan subject; rules = recipe.rules subject; })
      (builtins.fromJSON (builtins.readFile ${cases}))`;
  const args = ["--eval", "--strict", "--json", "--store", "dummy://", "--expr", expression];
  const output = execFileSync("nix-instantiate", args, {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    env: QUIET,
  });
  return z.array(z.string()).parse(JSON.parse(output)).map(canonicalText);
}

for (const harness of HARNESSES) {
  test(`${harness.name}: ${RUNS} random agents have the same plan and problems in Nix and TypeScript`, () => {
    const subjects = fc.sample(subject(harness), { numRuns: RUNS, seed: SEED });
    const fromNix = evaluate(harness, subjects);
    assert.equal(fromNix.length, RUNS);
    subjects.forEach((one, i) => {
      const fromTypeScript = { plan: planOf(harness, one), rules: problemsOf(harness, one) };
      assert.equal(fromNix[i], canonical(fromTypeScript), `case ${i} of seed ${SEED}`);
    });
  });
}
