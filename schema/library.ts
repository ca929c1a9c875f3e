import * as z from "zod";
import { LibraryName, SourcePath, VariableName } from "./names.ts";

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

export const McpServer = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("stdio"),
      command: z.string().meta({
        description: "Absolute path of a program that speaks MCP on standard input and output.",
      }),
      args: z.array(z.string()).default([]).meta({ description: "Arguments of the program." }),
      env: z
        .record(VariableName, z.string())
        .default({})
        .meta({ description: "Environment variables of the program." }),
    })
    .meta({ description: "A local server that the harness starts." }),
  z
    .strictObject({
      kind: z.literal("http"),
      url: z.string().meta({ description: "URL of the server." }),
      headers: z.record(z.string(), z.string()).default({}).meta({
        description:
          "HTTP headers of every request. Put no secret here: every user can read the Nix store.",
      }),
    })
    .meta({ description: "A server that is reached over HTTP." }),
]);

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
    .record(LibraryName, McpServer)
    .default({})
    .meta({ description: "MCP servers that agents can use, by name." }),
});
export type Libraries = z.output<typeof Libraries>;
