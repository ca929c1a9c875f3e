import * as z from "zod";
import { Freeform, VariableName } from "../../schema/names.ts";
import type { Subject } from "../../schema/recipe/harness.ts";

/** Apart from the recipe, as other files of it need their type. */
export const options = z.strictObject({
  approval: z.enum(["ask", "never"]).default("ask").meta({
    description:
      "What happens when codex asks for approval. codex asks before it uses a tool of an MCP server, runs a command that it considers dangerous (such as `rm -rf`), or runs a command outside its sandbox.\n\n- `ask`: ask a person.\n- `never`: run tools of MCP servers, refuse the rest.",
  }),
  allowMcpTools: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tools of the agent's MCP servers that run without asking.",
      examples: [["search_issues"]],
    }),
  denyMcpTools: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tools of the agent's MCP servers that the model does not see.",
      examples: [["delete_issue"]],
    }),
  sandbox: z
    .enum(["danger-full-access", "workspace-write", "read-only"])
    .nullable()
    .default(null)
    .meta({
      description:
        "codex's own sandbox around commands.\n\n- `danger-full-access`: none.\n- `workspace-write`: commands write to the workspace only and have no network. With `forge up` only.\n- `read-only`: commands write nowhere. With `forge up` only.\n\nOn NixOS, null means `danger-full-access`: the agent's unit is the sandbox, and it forbids the namespaces that codex's sandbox needs. With `forge up`, null means `workspace-write`.",
    }),
  apiKeyVariable: VariableName.nullable().default("OPENAI_API_KEY").meta({
    description:
      "Variable of `secrets`, `environment` or `environmentFiles` that holds the provider's API key. An agent without this variable, and without `environmentFiles`, uses codex's own login, and waits until a person has logged in. null is for a provider that needs no key, such as a model on the same machine.",
  }),
  baseUrl: z
    .string()
    .nullable()
    .default(null)
    .meta({
      description: "URL of a model provider with OpenAI's Responses API. null uses OpenAI's.",
      examples: ["http://127.0.0.1:8080/v1"],
    }),
  providerSettings: Freeform.default({}).meta({
    description:
      "Further fields of the model provider in codex's {file}`config.toml`, such as `query_params` and `http_headers`. Only with an API key, or with `apiKeyVariable = null`. forge refuses a field that it writes itself.",
    examples: [{ query_params: { "api-version": "2026-01-01" } }],
  }),
  features: z
    .record(z.string(), z.boolean())
    .default({})
    .meta({
      description:
        "Features of codex to switch on or off. `apps` and `plugins` are always off, `hooks` are always on.",
      examples: [{ fast_mode: false }],
    }),
  hooks: z
    .record(z.string(), z.array(Freeform))
    .default({})
    .meta({
      description:
        "Hooks by event, in the format of {file}`config.toml`. They run beside those by which forge learns the agent's state.",
      examples: [{ Stop: [{ hooks: [{ type: "command", command: "/bin/notify" }] }] }],
    }),
  settings: Freeform.default({}).meta({
    description:
      "Further fields of codex's {file}`config.toml`. codex does not start if it does not know a field. forge refuses a field that it writes itself.",
    examples: [{ model_verbosity: "low" }],
  }),
});
export type Agent = Subject<typeof options>;
