import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { agentOf } from "../harnesses/fleet.ts";
import { Secret } from "../schema/agent.ts";
import { defaultOf, metaOf } from "../schema/introspect.ts";
import { Libraries, McpServer, Plugin, Skill } from "../schema/library.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import { type Declaration, declarationsOf } from "./declarations.ts";
import { render } from "./nix/layout.ts";
import { plain, typeOf } from "./nix/options.ts";
import { reachOf } from "./option-usage.ts";
import { fill } from "./template.ts";

interface Section {
  readonly title: string;
  readonly intro: string;
  /** Path of the options in a NixOS configuration. */
  readonly prefix: string;
  readonly schema: z.ZodObject;
  /** Files that declare the fields, and the schema's name there. */
  readonly files: readonly string[];
  readonly name: string;
  /** Variable under which the recipes of `harnesses` read the fields. */
  readonly variable: "agent" | "options";
  readonly harnesses: readonly Harness[];
}

/** docs/options.md: every option with type, default, example, declaration, and where its value ends up. */
export function optionDocs(root: string, harnesses: readonly Harness[]): string {
  const inSchema = declarationsOf(root, SCHEMA.files);
  return fill("options.md", {
    sections: sectionsOf(root, harnesses).map((section) => {
      const declarations =
        section.files === SCHEMA.files ? inSchema : declarationsOf(root, section.files);
      const options = rowsOf({ ...section, declarations }, section.schema, "");
      return { title: section.title, intro: section.intro, options };
    }),
  });
}

const AGENT = "services.forge.agents.<name>";
const SCHEMA = {
  files: ["schema/agent.ts", "schema/library.ts"],
  variable: "agent",
  harnesses: [],
} as const;

function sectionsOf(root: string, harnesses: readonly Harness[]): readonly Section[] {
  const once = {
    ...SCHEMA,
    intro: "Declared once per host. Agents list the names of those that they use.",
  };
  return [
    {
      ...SCHEMA,
      title: "Agents",
      intro: "Options of every agent, whatever its harness.",
      prefix: AGENT,
      schema: agentOf(harnesses),
      name: "Agent",
      harnesses,
    },
    {
      ...SCHEMA,
      title: "Secrets of an agent",
      intro: "The name of each secret is the environment variable that the agent receives.",
      prefix: `${AGENT}.secrets.<name>`,
      schema: Secret,
      name: "Secret",
    },
    ...harnesses.map((harness) => harnessSection(root, harness)),
    { ...once, title: "Libraries", prefix: "services.forge", schema: Libraries, name: "Libraries" },
    {
      ...once,
      title: "Skills",
      prefix: "services.forge.skills.<name>",
      schema: Skill,
      name: "Skill",
    },
    {
      ...once,
      title: "Plugins",
      prefix: "services.forge.plugins.<name>",
      schema: Plugin,
      name: "Plugin",
    },
    ...McpServer.options.map((variant) => ({ ...once, ...mcpServerSection(variant) })),
  ];
}

function mcpServerSection({ shape }: (typeof McpServer.options)[number]) {
  const [kind = ""] = shape.kind.values;
  const fields = Object.entries(shape).filter(([key]) => key !== "kind");
  return {
    title: `MCP servers: ${kind}`,
    prefix: `services.forge.mcpServers.<name>.${kind}`,
    schema: z.strictObject(Object.fromEntries(fields)),
    name: "McpServer",
  };
}

/** A recipe may keep its options in a file of their own. */
const filesOf = (root: string, { name }: Harness): readonly string[] =>
  ["harness.ts", "options.ts"]
    .map((file) => `harnesses/${name}/${file}`)
    .filter((file) => existsSync(join(root, file)));

const harnessSection = (root: string, harness: Harness): Section => ({
  title: `Agents in ${harness.name}`,
  intro: `For agents with \`harness = "${harness.name}"\` (${harness.package.licence}).`,
  prefix: `${AGENT}.${harness.name}`,
  schema: harness.options,
  files: filesOf(root, harness),
  name: "options",
  variable: "options",
  harnesses: [harness],
});

type Located = Section & { readonly declarations: ReadonlyMap<string, Declaration> };

function rowsOf(section: Located, schema: z.ZodObject, parent: string): readonly object[] {
  return Object.entries(schema.shape).flatMap(([key, value]: [string, z.core.$ZodType]) => {
    const field = parent ? `${parent}.${key}` : key;
    const nested = value instanceof z.ZodPrefault ? value.unwrap() : undefined;
    return nested instanceof z.ZodObject
      ? rowsOf(section, nested, field)
      : [rowOf(section, value, field)];
  });
}

function rowOf(section: Located, schema: z.core.$ZodType, field: string): object {
  const declared = section.declarations.get(`${section.name}.${field}`);
  if (!declared)
    throw new RangeError(`${section.name}.${field} is not in ${section.files.join(", ")}`);
  const { description, examples } = metaOf(schema);
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  const fallback = defaultOf(schema);
  return {
    ...declared,
    path: `${section.prefix}.${field}`,
    description: description?.replace(/\{\w+\}`/g, "`"),
    type: code(typeInWords(render(typeOf(schema, field).doc))),
    default: fallback ? code(inNix(fallback.value)) : "none, it must be given",
    example: example === undefined ? undefined : code(inNix(example)),
    reaches: section.harnesses.flatMap((harness) => {
      const where = reachOf(harness, `${section.variable}.${field}`);
      return where.length > 0 ? [{ harness: harness.name, where: where.map(code).join(", ") }] : [];
    }),
  };
}

/** A type as people of NixOS write it, without the options of submodules, which have rows of their own. */
const typeInWords = (type: string): string =>
  type
    .replace(/\(import \S+ \{ inherit lib; \}\)\.text/, "lines or path")
    .replaceAll("lib.types.", "")
    .replace(/attrTag \{.*\}/s, "attrTag { stdio, http }")
    .replace(/submodule \{.*\}/s, "submodule")
    .replace(/\(\s+([^()]*?)\s+\)/g, "($1)");

const inNix = (value: unknown): string => render(plain(value, "docs").doc);
const code = (text: string): string => `\`${text.replace(/\s+/g, " ").replaceAll("|", "\\|")}\``;
