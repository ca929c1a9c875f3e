import * as z from "zod";
import { ExternalPath, LibraryName, NonEmpty, PackagePath, VariableName } from "./names.ts";
import { Resources } from "./resources.ts";

export const Secret = z.strictObject({
  file: ExternalPath.meta({
    description:
      "File on the host that holds the secret. systemd reads it as root and hands it to this one agent.",
    examples: ["/run/secrets/anthropic-key"],
  }),
  delivery: z.enum(["env", "file"]).default("env").meta({
    description:
      "Whether the variable holds the secret itself (`env`) or the path of a file with it (`file`). Either way the agent's tools can read it.",
  }),
});

export const Permissions = z.strictObject({
  allow: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tool patterns that run without asking, as the harness spells them.",
      examples: [["Bash(git diff:*)", "Read"]],
    }),
  deny: z
    .array(z.string())
    .default([])
    .meta({ description: "Tool patterns that never run.", examples: [["WebFetch"]] }),
});

/** One agent, as people declare it. The options of its harness stand beside these, under the harness's name. */
export const Agent = z.strictObject({
  enable: z.boolean().default(true).meta({
    description: "Whether the agent runs. A disabled agent keeps its state.",
  }),
  description: z
    .string()
    .default("")
    .meta({
      description: "One line for lists: what the agent is there for.",
      examples: ["Reviews pull requests"],
    }),
  role: z.string().meta({
    description:
      "What the agent is, knows and does, in Markdown. The harness reads it with every conversation.",
    examples: ["You review pull requests. Be brief and name the line."],
  }),
  harness: z.string().meta({ description: "The program that the agent runs in." }),
  package: PackagePath.nullable().default(null).meta({
    description: "Build of the harness for this agent alone; null takes the one of the harness.",
  }),
  model: NonEmpty.meta({
    description: "Name of the model, as the harness spells it.",
    examples: ["sonnet"],
  }),
  effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullable().default(null).meta({
    description: "How hard the model thinks; null leaves it to the harness.",
  }),
  runAs: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, { error: "expected a Linux user name" })
    .nullable()
    .default(null)
    .meta({
      description:
        "Existing Linux user that the agent runs as; null gives it one of its own, `forge-a-<name>`.",
      examples: ["alice"],
    }),
  workspace: ExternalPath.nullable()
    .default(null)
    .meta({
      description:
        "Directory that the agent works in; null gives it one of its own inside its state directory.",
      examples: ["/srv/checkouts/website"],
    }),
  skills: z
    .array(LibraryName)
    .default([])
    .meta({ description: "Names of skills that the agent has.", examples: [["review"]] }),
  mcpServers: z
    .array(LibraryName)
    .default([])
    .meta({ description: "Names of MCP servers that the agent may use.", examples: [["tracker"]] }),
  plugins: z
    .array(LibraryName)
    .default([])
    .meta({ description: "Names of plugins that the agent loads." }),
  permissions: Permissions.prefault({}).meta({
    description: "What the agent may do without asking, and never.",
  }),
  secrets: z
    .record(VariableName, Secret)
    .default({})
    .meta({
      description:
        "Secrets that the agent itself receives, by the environment variable that brings them.",
      examples: [{ ANTHROPIC_API_KEY: { file: "/run/secrets/anthropic-key" } }],
    }),
  environment: z
    .record(VariableName, z.string())
    .default({})
    .meta({
      description:
        "Environment variables for the agent. Not for secrets: everyone can read the store.",
      examples: [{ GIT_AUTHOR_NAME: "reviewer" }],
    }),
  resume: z.enum(["always", "never"]).default("always").meta({
    description:
      "Whether the agent, started again, goes on with the conversation it had (`always`) or begins anew (`never`).",
  }),
  extraArgs: z
    .array(z.string())
    .default([])
    .meta({ description: "Arguments added at the end of the harness's command line." }),
  resources: Resources.prefault({}).meta({ description: "What the agent may use of the machine." }),
});
export type Agent = z.output<typeof Agent>;
