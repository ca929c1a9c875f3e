import * as z from "zod";
import { declarationOf } from "../harnesses/fleet.ts";
import { openApiDocument } from "../schema/api/openapi.ts";
import { ERRORS } from "../schema/error-catalogue.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import { fill } from "./template.ts";

/** JSON Schema (draft 2020-12) of one agent in a fleet file, for editors. */
export function agentJsonSchema(harnesses: readonly Harness[]): string {
  const schema = z.toJSONSchema(declarationOf(harnesses), {
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema["nixType"];
      delete jsonSchema["isPath"];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** docs/errors.md: the catalogue of codes. */
export const errorDocs = (): string =>
  fill("errors.md", {
    errors: Object.entries(ERRORS).map(([code, meaning]) => ({ code, meaning })),
  });

/** docs/openapi.json: the API that the daemon serves. */
export const openApi = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;
