import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import type { Subject } from "../../schema/recipe/harness.ts";

/** Apart from the recipe, as other files of it need their type. */
export const options = z.strictObject({
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: "expected a provider's name, such as anthropic" })
    .default("anthropic")
    .meta({
      description: "Model provider: a built-in one, or a new name together with `baseUrl`.",
    }),
  baseUrl: z
    .string()
    .nullable()
    .default(null)
    .meta({
      description:
        "URL of the model provider, including the version of its API, such as `/v1`. null uses the URL that opencode has for the provider.",
      examples: ["http://127.0.0.1:8080/v1"],
    }),
  api: z
    .enum(["anthropic-messages", "openai-completions", "openai-responses", "google-generative-ai"])
    .default("anthropic-messages")
    .meta({
      description:
        "API of the model provider. With `baseUrl`, it selects the format of the requests. For a built-in provider, it selects only the format in which `effort` is sent.",
    }),
  apiKeyVariable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "expected the name of an environment variable" })
    .nullable()
    .default("ANTHROPIC_API_KEY")
    .meta({
      description:
        "Variable of `secrets`, `environment` or `environmentFiles` that holds the provider's API key. An agent without this variable, and without `environmentFiles`, uses opencode's own login. To log in, type `/connect` on the agent's terminal. null is for a provider that needs no key, such as a model on the same machine.",
    }),
  permissionMode: z.enum(["ask", "deny", "bypass"]).default("ask").meta({
    description:
      "What happens to a tool call that matches no rule in `permission` or `permissions`. Calls that only read the workspace run without asking.\n\n- `ask`: ask a person.\n- `deny`: refuse.\n- `bypass`: allow.",
  }),
  permission: Freeform.default({}).meta({
    description:
      "Permission rules by tool and pattern, in the format of `permission` in {file}`opencode.json`. These rules override `permissionMode`. The lists `permissions.allow` and `permissions.deny`, which name whole tools, override these rules.",
    examples: [{ bash: { "git diff *": "allow", "git push *": "deny" } }],
  }),
  workspaceConfig: z.enum(["trusted", "instructions", "ignored"]).default("instructions").meta({
    description:
      "Which configuration in the workspace applies.\n\n- `trusted`: {file}`AGENTS.md`, {file}`opencode.json`, the {file}`.opencode` directory and skills. Plugins and servers of the repository run as the agent, without asking, and opencode downloads packages into {file}`.opencode`.\n- `instructions`: {file}`AGENTS.md` only.\n- `ignored`: nothing.",
  }),
  modelSettings: Freeform.default({}).meta({
    description:
      "Fields of the model in {file}`opencode.json`, such as its context window. Set the limits of a model that opencode does not know, because it cannot shorten a long conversation without them.",
    examples: [{ limit: { context: 200000, output: 32000 } }],
  }),
  settings: Freeform.default({}).meta({
    description:
      "Further fields of {file}`opencode.json`. opencode does not start if it does not know a field. forge refuses a field that it writes itself.",
    examples: [{ username: "triage" }],
  }),
});
export type Agent = Subject<typeof options>;
