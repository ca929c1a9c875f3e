import assert from "node:assert/strict";
import { test } from "node:test";
import { isJsonObject, type Json, type JsonObject, objectIn } from "../json.ts";
import { openApiDocument } from "./openapi.ts";
import { OPERATIONS } from "./operations.ts";

const document = openApiDocument();
const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, step) => (isJsonObject(inner) ? inner[step] : undefined),
    value,
  );

function* references(value: Json): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (isJsonObject(value) && typeof value["$ref"] === "string") yield value["$ref"];
  for (const inner of Object.values(value)) yield* references(inner);
}

const component = (reference: string): JsonObject => {
  assert.match(reference, /^#\/components\/schemas\/\w+$/);
  const found = at(document, ...reference.slice(2).split("/"));
  assert.ok(isJsonObject(found), reference);
  return found;
};

test("every reference leads to a schema that is written out", () => {
  const all = new Set(references(document));
  assert.ok(all.size > 5);
  for (const reference of all) {
    const { type, oneOf, $ref } = component(reference);
    assert.ok((type ?? oneOf) !== undefined && $ref === undefined, reference);
  }
});

test("the document has every operation, with its fields and its role", () => {
  for (const [id, { path, method, role }] of Object.entries(OPERATIONS)) {
    const operation = at(document, "paths", path, method.toLowerCase());
    assert.equal(at(operation, "operationId"), id);
    assert.equal(at(operation, "x-forge-role"), role);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = at(operation, "parameters") ?? [];
    assert.ok(Array.isArray(parameters));
    const inPath = parameters.filter((parameter) => at(parameter, "in") === "path");
    assert.deepEqual(
      inPath.map((parameter) => at(parameter, "name")),
      names,
    );
    assert.ok(at(operation, "responses", "default"));
  }
});

test("fields with a default may be left out of a request", () => {
  const { required, additionalProperties } = component("#/components/schemas/PromptRequest");
  assert.deepEqual([required, additionalProperties], [["text"], false]);
});

test("the document is data of its own", () => {
  assert.deepEqual(objectIn(JSON.stringify(document)), document);
});
