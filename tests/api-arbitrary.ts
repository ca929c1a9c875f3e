import fc from "fast-check";
import { openApiDocument } from "../schema/api/openapi.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";

const document = openApiDocument();

/** One operation as a reader of the OpenAPI document sees it. */
export interface Documented {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly role: string;
  readonly parameters: readonly JsonObject[];
  readonly body: JsonObject | undefined;
  readonly responses: JsonObject;
}

const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const [step, ...rest] = path;
  if (step !== undefined) return objectAt(isJsonObject(value) ? value[step] : undefined, ...rest);
  return isJsonObject(value) ? value : {};
};

const resolved = (schema: JsonObject): JsonObject =>
  typeof schema["$ref"] === "string"
    ? objectAt(document, ...schema["$ref"].slice(2).split("/"))
    : schema;

export const DOCUMENTED: readonly Documented[] = Object.entries(
  objectAt(document, "paths"),
).flatMap(([path, methods]) =>
  Object.entries(objectAt(methods)).map(([method, operation]) => {
    const { parameters, requestBody } = objectAt(operation);
    const body = objectAt(requestBody, "content", "application/json", "schema");
    return {
      ...{ path, method: method.toUpperCase() },
      id: String(objectAt(operation)["operationId"]),
      role: String(objectAt(operation)["x-forge-role"]),
      parameters: Array.isArray(parameters) ? parameters : [],
      body: requestBody === undefined ? undefined : resolved(body),
      responses: objectAt(operation, "responses"),
    };
  }),
);

const NASTY = [
  "",
  "\0",
  "\ud800",
  "\u001b[201~",
  "__proto__",
  "a\r\nb",
  "/",
  "..",
  "%",
  "😀",
  "1e9",
];
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...NASTY));
const anything: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue(), text, fc.constantFrom(1e308, -1));

/** A value that a schema allows. */
function allowed(schema: JsonObject): fc.Arbitrary<unknown> {
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...schema["enum"]);
  if (schema["type"] === "integer") {
    const { minimum: min, maximum: max } = schema;
    return fc.integer({ min: Number(min ?? -1000), max: Number(max ?? 1000) });
  }
  if (schema["type"] === "object") {
    const fields = Object.entries(objectAt(schema, "properties"));
    const required = schema["required"];
    return fc.record(
      Object.fromEntries(fields.map(([name, field]) => [name, allowed(objectAt(field))])),
      { requiredKeys: Array.isArray(required) ? required.map(String) : [] },
    );
  }
  return fc.string({ minLength: Number(schema["minLength"] ?? 0), maxLength: 200 });
}

/** A body that fits its schema, or is wrong in one field, or altogether. */
function body(schema: JsonObject): fc.Arbitrary<unknown> {
  const fields = [...Object.keys(objectAt(schema, "properties")), "other"];
  const fitting = allowed(schema).filter((value) => typeof value === "object");
  const spoilt = fc
    .tuple(fitting, fc.constantFrom(...fields), anything)
    .map(([value, field, wrong]) => ({ ...Object(value), [field]: wrong }));
  return fc.oneof({ weight: 3, arbitrary: fitting }, spoilt, anything);
}

export interface Fuzzed {
  readonly operation: Documented;
  readonly path: string;
  readonly body: string | undefined;
}

/** A request for an operation: its parameters and body as documented, or near that. */
export function requestFor(operation: Documented): fc.Arbitrary<Fuzzed> {
  const values = operation.parameters.map((parameter) => {
    const given = allowed(objectAt(parameter, "schema"));
    const known = parameter["name"] === "name" ? fc.constantFrom("ada", "bob") : given;
    return fc.oneof({ weight: 4, arbitrary: known }, given, text).map(String);
  });
  const payload = operation.body ? body(operation.body) : fc.constant(undefined);
  return fc.tuple(fc.tuple(...values), payload).map(([given, content]) => {
    const query = new URLSearchParams();
    let path = operation.path;
    for (const [index, { name, in: place }] of operation.parameters.entries()) {
      const value = (given[index] ?? "").toWellFormed();
      if (place === "path") path = path.replace(`{${name}}`, () => encodeURIComponent(value));
      else query.set(String(name), value);
    }
    const asked = query.size > 0 ? `${path}?${query}` : path;
    return {
      operation,
      path: asked,
      body: content === undefined ? content : JSON.stringify(content),
    };
  });
}

export const requests: fc.Arbitrary<Fuzzed> = fc.oneof(...DOCUMENTED.map(requestFor));
