import * as z from "zod";
import type { Json, JsonObject } from "../json.ts";
import { Problem } from "./bodies.ts";
import { Reset } from "./event.ts";
import { type Answer, OPERATIONS, type Operation } from "./operations.ts";

/** The OpenAPI 3.1 document of the API, as JSON. Deterministic. */
export function openApiDocument(): JsonObject {
  const components = new Map<string, Json>();
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): JsonObject =>
    referring(schema, io, components);
  schemaOf(Reset, "output");
  const failed = {
    description: "The request failed.",
    content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
  };
  const entryOf = ([id, operation]: [string, Operation]) => ({
    [operation.method.toLowerCase()]: {
      operationId: id,
      summary: operation.summary,
      "x-forge-role": operation.role,
      ...inputs(operation, schemaOf),
      responses: { ...answersOf(operation, schemaOf), default: failed },
    },
  });
  const paths: { [path: string]: JsonObject } = {};
  for (const entry of Object.entries(OPERATIONS)) {
    const [, { path }] = entry;
    paths[path] = { ...paths[path], ...entryOf(entry) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "forge",
      version: "1",
      description: "Agents of one host: how they do, their prompts, and control.",
    },
    security: [{}, { token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Over TCP only." },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: "input" | "output") => JsonObject;

function inputs({ params, query, body }: Operation, schemaOf: SchemaOf): JsonObject {
  const parameters = [...fieldsOf(params, "path", schemaOf), ...fieldsOf(query, "query", schemaOf)];
  const content = { "application/json": { schema: schemaOf(body, "input") } };
  return {
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body instanceof z.ZodUndefined ? {} : { requestBody: { required: true, content } }),
  };
}

function fieldsOf(schema: z.ZodType, place: "path" | "query", schemaOf: SchemaOf): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === "path",
    schema: schemaOf(z.strictObject({ field }).shape.field, "input"),
  }));
}

const answersOf = ({ answers }: Operation, schemaOf: SchemaOf): JsonObject =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, type, schema }]: [string, Answer]) => [
      status,
      {
        description,
        content: {
          [type ?? "application/json"]: {
            schema: schema ? schemaOf(schema, "output") : typeOf(type),
          },
        },
      },
    ]),
  );

const typeOf = (type = ""): JsonObject => ({
  type: type.startsWith("application/json") ? "object" : "string",
});

/** The JSON Schema of a schema; those with an id go to the components, and are referred to. */
function referring(
  schema: z.ZodType,
  io: "input" | "output",
  components: Map<string, Json>,
): JsonObject {
  if (schema instanceof z.ZodUndefined) return {};
  // In an array, for the whole schema is written out even if it has an id.
  const { $defs = {}, items = {} } = plain(z.toJSONSchema(z.array(schema), { io }));
  for (const [name, definition] of Object.entries(plain($defs))) {
    const { id: _, ...rest } = plain(definition);
    components.set(name, rest);
  }
  return plain(items);
}

/** As JSON, with references to where OpenAPI keeps schemas. */
const plain = (value: unknown): JsonObject =>
  JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
