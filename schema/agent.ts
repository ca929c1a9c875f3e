import * as z from "zod";
import {
  ExternalPath,
  LibraryName,
  NonEmpty,
  PackagePath,
  ServerName,
  Text,
  VariableName,
} from "./names.ts";
import { CpuWeight, MemorySize, TaskCount } from "./resources.ts";

export const Secret = z.strictObject({
  file: ExternalPath.meta({
    description:
      "File on the host that holds the secret, such as an API key or a token. systemd reads it as root and passes it to this agent only.",
    examples: ["/run/secrets/anthropic-key"],
  }),
  delivery: z.enum(["env", "file"]).default("env").meta({
    description:
      "What the environment variable holds.\n\n- `env`: the secret itself.\n- `file`: the path of a file that holds the secret.\n\nThe agent's tools can read the secret either way.",
  }),
});

export const Permissions = z.strictObject({
  allow: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tools that run without asking, as patterns in the harness's own syntax.",
      examples: [["Bash(git diff:*)", "Read"]],
    }),
  ask: z
    .array(z.string())
    .default([])
    .meta({
      description:
        "Tools that a person is asked about, whatever else is allowed, as patterns in the harness's own syntax.",
      examples: [["Bash(git push:*)"]],
    }),
  deny: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tools that never run, as patterns in the harness's own syntax.",
      examples: [["WebFetch"]],
    }),
});

export const Resources = z.strictObject({
  memoryMax: MemorySize.nullable()
    .default("50%")
    .meta({
      description:
        "Memory limit of the agent and all programs that it starts ({option}`MemoryMax=` of systemd): a number of bytes, a number with the suffix K, M, G or T (base 1024), or a percentage of the physical memory. An agent that reaches the limit is killed and restarted. null means no limit.",
      examples: ["4G"],
    }),
  tasksMax: TaskCount.default(2048).meta({
    description:
      "Limit of processes and threads of the agent and all programs that it starts ({option}`TasksMax=` of systemd).",
  }),
  cpuWeight: CpuWeight.default(100).meta({
    description:
      "CPU weight of the agent's unit ({option}`CPUWeight=` of systemd). It has an effect only while programs compete for processor time. Other services have 100.",
  }),
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
      description: "Purpose of the agent, in one line. {command}`forge plan show` prints it.",
      examples: ["Reviews pull requests"],
    }),
  role: Text.meta({
    description:
      "Instructions for the agent, in Markdown. The harness adds them to the system prompt of every conversation. On NixOS, this can be a path such as `./reviewer.md`.",
    examples: ["You review pull requests. Be brief and name the line."],
  }),
  harness: z.string().meta({ description: "Program that the agent runs in." }),
  package: PackagePath.nullable().default(null).meta({
    description:
      "Package of the harness for this agent alone. null uses the package that all agents of the harness use.",
  }),
  model: NonEmpty.meta({
    description: "Model, by the name that the harness uses for it.",
    examples: ["sonnet"],
  }),
  effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullable().default(null).meta({
    description: "Reasoning effort of the model. null uses the harness's default.",
  }),
  runAs: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, { error: "expected a Linux user name" })
    .nullable()
    .default(null)
    .meta({
      description:
        "Linux user that the agent runs as, declared in {option}`users.users`. null creates the user `forge-a-<name>`. `forge up` refuses this option.",
      examples: ["alice"],
    }),
  workspace: ExternalPath.nullable()
    .default(null)
    .meta({
      description:
        "Working directory of the agent. It must exist, and the agent's user must be able to enter it. Agents with the same workspace must run as the same user. null creates the directory `workspace` in the agent's state directory.",
      examples: ["/srv/checkouts/website"],
    }),
  skills: z
    .array(LibraryName)
    .default([])
    .meta({
      description:
        "Names of the agent's skills. Each must be declared in {option}`services.forge.skills`.",
      examples: [["review"]],
    }),
  mcpServers: z
    .array(ServerName)
    .default([])
    .meta({
      description:
        "Names of the agent's MCP servers. Each must be declared in {option}`services.forge.mcpServers`.",
      examples: [["tracker"]],
    }),
  plugins: z.array(LibraryName).default([]).meta({
    description:
      "Names of the agent's plugins. Each must be declared in {option}`services.forge.plugins`.",
  }),
  permissions: Permissions.prefault({}).meta({
    description: "Which tools run without asking, and which never run.",
  }),
  secrets: z
    .record(VariableName, Secret)
    .default({})
    .meta({
      description:
        "Secrets that the agent receives, such as API keys and tokens, by the name of their environment variable.",
      examples: [{ ANTHROPIC_API_KEY: { file: "/run/secrets/anthropic-key" } }],
    }),
  environment: z
    .record(VariableName, z.string())
    .default({})
    .meta({
      description:
        "Environment variables of the agent, such as `HTTPS_PROXY`. Put no secret here: every user can read the Nix store.",
      examples: [{ GIT_AUTHOR_NAME: "reviewer" }],
    }),
  environmentFiles: z
    .array(ExternalPath)
    .default([])
    .meta({
      description:
        "Files on the host with environment variables of the agent, such as API keys and tokens. Each line is `NAME=value`; a value with other than plain characters stands in single quotes; `#` begins a comment. systemd reads the files as root and passes them to this agent only. A later file wins. A variable of `environment` or `secrets`, or one that forge sets itself, is refused at the start.",
      examples: [["/run/secrets/reviewer.env"]],
    }),
  resume: z.enum(["always", "never"]).default("always").meta({
    description:
      "What happens to the conversation when the agent is restarted.\n\n- `always`: the agent continues it.\n- `never`: the agent begins a new one.",
  }),
  extraArgs: z
    .array(z.string())
    .default([])
    .meta({ description: "Arguments to append to the harness's command line." }),
  resources: Resources.prefault({}).meta({
    description: "Limits on memory, processes and processor time.",
  }),
});
export type Agent = z.output<typeof Agent>;
