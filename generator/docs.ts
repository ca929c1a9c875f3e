import * as z from "zod";
import { agentOf, declarationOf } from "../harnesses/fleet.ts";
import { ERRORS } from "../schema/errors.ts";
import { Libraries, McpServer, Plugin, Skill } from "../schema/library.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import type { Declaration } from "./declarations.ts";
import { render } from "./nix/layout.ts";
import { plain, typeOf } from "./nix/options.ts";
import { reachOf } from "./reach.ts";
import { defaultOf, metaOf } from "./schema-facts.ts";
import { fill } from "./template.ts";

type Schema = z.core.$ZodType;
type Declarations = ReadonlyMap<string, Declaration>;

interface Section {
  readonly title: string;
  readonly intro: string;
  /** Prefix of the option path, such as `services.forge.agents.<name>`. */
  readonly prefix: string;
  readonly schema: z.ZodObject;
  /** Name that the schema's fields have in the declarations. */
  readonly declaredAs: string;
  /** How recipes read the fields: `agent` or `options`; undefined for what they do not read by field. */
  readonly readAs?: "agent" | "options";
  readonly harnesses: readonly Harness[];
}

/** docs/options.md: every option with type, default, example, declaration, and where its value ends up. */
export function optionDocs(
  harnesses: readonly Harness[],
  declarations: ReadonlyMap<string, Declarations>,
): string {
  const sections = sectionsOf(harnesses).map((section) => ({
    title: section.title,
    intro: section.intro,
    options: optionsOf(section, section.schema, section.prefix, "", declarations),
  }));
  return fill("options.md", { sections });
}

function sectionsOf(harnesses: readonly Harness[]): readonly Section[] {
  const agent = "services.forge.agents.<name>";
  const library = (
    title: string,
    prefix: string,
    schema: z.ZodObject,
    declaredAs: string,
  ): Section => ({
    title,
    intro: "Declared once per host; agents name what they use.",
    prefix,
    schema,
    declaredAs,
    harnesses: [],
  });
  return [
    {
      title: "Agents",
      intro: "What every agent has, whatever its harness.",
      prefix: agent,
      schema: agentOf(harnesses),
      declaredAs: "Agent",
      readAs: "agent",
      harnesses,
    },
    ...harnesses.map(
      (harness): Section => ({
        title: `Agents in ${harness.name}`,
        intro: `For agents with \`harness = "${harness.name}"\` (${harness.package.licence}).`,
        prefix: `${agent}.${harness.name}`,
        schema: harness.options,
        declaredAs: "options",
        readAs: "options",
        harnesses: [harness],
      }),
    ),
    library("Libraries", "services.forge", Libraries, "Libraries"),
    library("Skills", "services.forge.skills.<name>", Skill, "Skill"),
    library("Plugins", "services.forge.plugins.<name>", Plugin, "Plugin"),
    ...McpServer.options.map((variant) => {
      const [kind = ""] = variant.shape.kind.values;
      return library(
        `MCP servers: ${kind}`,
        `services.forge.mcpServers.<name>.${kind}`,
        z.strictObject(
          Object.fromEntries(Object.entries(variant.shape).filter(([key]) => key !== "kind")),
        ),
        "McpServer",
      );
    }),
  ];
}

function optionsOf(
  section: Section,
  schema: z.ZodObject,
  path: string,
  field: string,
  declarations: ReadonlyMap<string, Declarations>,
): readonly object[] {
  return Object.entries(schema.shape).flatMap(([key, value]: [string, Schema]) => {
    const [at, inside] = [`${path}.${key}`, field ? `${field}.${key}` : key];
    const nested = value instanceof z.ZodPrefault ? value.unwrap() : undefined;
    if (nested instanceof z.ZodObject) return optionsOf(section, nested, at, inside, declarations);
    return [optionRow(section, value, at, inside, declarations)];
  });
}

function optionRow(
  section: Section,
  schema: Schema,
  path: string,
  field: string,
  declarations: ReadonlyMap<string, Declarations>,
): object {
  const { description, examples } = metaOf(schema);
  const { file, line } = declarationFor(section, field, declarations);
  const reaches = section.harnesses.flatMap((harness) => {
    const where = section.readAs ? reachOf(harness, `${section.readAs}.${field}`) : [];
    return where.length > 0
      ? [{ harness: harness.name, where: where.map((one) => `\`${one}\``).join(", ") }]
      : [];
  });
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  const fallback = defaultOf(schema);
  return {
    path,
    description: description?.replace(/\{\w+\}`/g, "`"),
    type: typeInWords(schema),
    default: fallback ? `\`${oneLine(fallback.value)}\`` : "none, it must be given",
    example: example === undefined ? undefined : oneLine(example),
    reaches,
    declared: `${file}:${line}`,
    file,
    line,
  };
}

const oneLine = (value: unknown): string =>
  render(plain(value, "docs").doc).replace(/\s+/g, " ").replaceAll("|", "\\|");

const typeInWords = (schema: Schema): string =>
  `\`${render(typeOf(schema, "docs").doc)
    .replaceAll("lib.types.", "")
    .replace(/\s+/g, " ")
    .replace(/submodule \{.*/, "submodule")
    .replaceAll("|", "\\|")}\``;

function declarationFor(
  section: Section,
  field: string,
  declarations: ReadonlyMap<string, Declarations>,
): Declaration {
  const [first = "", second] = field.split(".");
  const owner =
    second === undefined ? section.declaredAs : `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const own = declarations.get(
    section.readAs === "options" ? section.title.replace("Agents in ", "") : "schema",
  );
  const found = own?.get(`${owner}.${second ?? first}`);
  if (!found) throw new RangeError(`no declaration of ${owner}.${second ?? first}`);
  return found;
}

/** JSON Schema (draft 2020-12) of one agent in a fleet file, for editors. */
export function agentJsonSchema(harnesses: readonly Harness[]): string {
  const schema = z.toJSONSchema(declarationOf(harnesses), {
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema["nixType"];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** docs/errors.md: the catalogue of codes. */
export const errorDocs = (): string =>
  fill("errors.md", {
    errors: Object.entries(ERRORS).map(([code, meaning]) => ({ code, meaning })),
  });
