import * as z from "zod";
import { LibraryName, ServerName, SourcePath, VariableName } from "./names.ts";

export const Skill = z.strictObject({
  description: z.string().meta({
    description: "When to use the skill, in one line. The agent reads it to choose a skill.",
    examples: ["Use when a pull request needs a review."],
  }),
  source: SourcePath.meta({ description: "Directory that holds the skill's {file}`SKILL.md`." }),
});

export const Plugin = z.strictObject({
  source: SourcePath.meta({ description: "Directory of the plugin, in the harness's own layout." }),
});

/** Text that an agent gets with one of its secrets in it. */
export const SecretReference = z.strictObject({
  secret: VariableName.meta({
    description:
      "Name of a secret, in {option}`secrets` of each agent that uses the server. The secret is sent, not its name.",
    examples: ["TRACKER_TOKEN"],
  }),
  prefix: z
    .string()
    .default("")
    .meta({ description: "Text before the secret.", examples: ["Bearer "] }),
});
export type SecretReference = z.output<typeof SecretReference>;

export const TextOrSecret = z.union([z.string(), SecretReference]);
export type TextOrSecret = z.output<typeof TextOrSecret>;

const Seconds = z.int().min(1).max(86_400).nullable().default(null);

/** Limits in seconds. A harness that has no such limit of its own refuses it. */
const LIMITS = {
  startupTimeoutSec: Seconds.meta({
    description:
      "Timeout in seconds for the server to start and to list its tools. null leaves it to the harness. Most harnesses have no such limit, and refuse it.",
    examples: [60],
  }),
  toolTimeoutSec: Seconds.meta({
    description:
      "Timeout in seconds for one tool call. In some harnesses it also limits the start of the server. null leaves it to the harness.",
    examples: [300],
  }),
};

const ADDRESS = {
  url: z.string().meta({ description: "URL of the server." }),
  headers: z
    .record(z.string(), TextOrSecret)
    .default({})
    .meta({
      description:
        'HTTP headers of every request: text, or `{ secret = "NAME"; prefix = "…"; }` for a secret of the agent. Text that looks like a reference to a variable (`${NAME}`, `$NAME`, `{env:NAME}`) is refused. Put no secret into text: every user can read the Nix store.',
      examples: [{ Authorization: { secret: "TRACKER_TOKEN", prefix: "Bearer " } }],
    }),
};

export const McpServer = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("stdio"),
      command: z.string().meta({
        isPath: true,
        description: "Absolute path of a program that speaks MCP on standard input and output.",
      }),
      args: z.array(z.string()).default([]).meta({ description: "Arguments of the program." }),
      env: z
        .record(VariableName, TextOrSecret)
        .default({})
        .meta({
          description:
            'Environment variables of the program: text, or `{ secret = "NAME"; prefix = "…"; }` for a secret of the agent. Text that looks like a reference to a variable (`${NAME}`, `$NAME`, `{env:NAME}`) is refused.',
          examples: [{ TRACKER_TOKEN: { secret: "TRACKER_TOKEN" } }],
        }),
      ...LIMITS,
    })
    .meta({ description: "A local server that the harness starts." }),
  z
    .strictObject({ kind: z.literal("http"), ...ADDRESS, ...LIMITS })
    .meta({ description: "A server that is reached over streamable HTTP." }),
  z.strictObject({ kind: z.literal("sse"), ...ADDRESS, ...LIMITS }).meta({
    description:
      "A server that is reached over HTTP with server-sent events, the transport before streamable HTTP. A harness without this transport refuses it.",
  }),
]);

export type McpServer = z.output<typeof McpServer>;

/** What agents may ask for by name. */
export const Libraries = z.strictObject({
  skills: z
    .record(LibraryName, Skill)
    .default({})
    .meta({ description: "Skills that agents can use, by name." }),
  plugins: z
    .record(LibraryName, Plugin)
    .default({})
    .meta({ description: "Plugins that agents can use, by name." }),
  mcpServers: z
    .record(ServerName, McpServer)
    .default({})
    .meta({ description: "MCP servers that agents can use, by name." }),
});
export type Libraries = z.output<typeof Libraries>;
