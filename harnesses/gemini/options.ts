import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import type { Subject } from "../../schema/recipe/harness.ts";

/** Apart from the recipe, as settings.ts needs their type. */
export const options = z.strictObject({
  permissionMode: z.enum(["ask", "acceptEdits", "plan", "deny", "bypass"]).default("ask").meta({
    description:
      "What happens to a tool call that `permissions`, `allowCommands` and `denyCommands` do not list.\n\n- `ask`: ask a person.\n- `acceptEdits`: allow file edits, ask for the rest.\n- `plan`: allow nothing that changes a file.\n- `deny`: refuse.\n- `bypass`: allow every tool.",
  }),
  allowCommands: z
    .array(z.string())
    .default([])
    .meta({
      description: "Prefixes of shell commands that run without asking.",
      examples: [["git diff"]],
    }),
  denyCommands: z
    .array(z.string())
    .default([])
    .meta({
      description: "Prefixes of shell commands that never run.",
      examples: [["git push"]],
    }),
  login: z.enum(["apiKey", "google", "vertex"]).default("apiKey").meta({
    description:
      "How Gemini CLI logs in.\n\n- `apiKey`: with the API key in {env}`GEMINI_API_KEY`.\n- `google`: with a Google account. A person signs in once on the agent's terminal.\n- `vertex`: at Vertex AI.",
  }),
  baseUrl: z
    .string()
    .regex(/^(https:\/\/[^ ]+|http:\/\/localhost:[^ ]+|http:\/\/127[.]0[.]0[.]1:[^ ]+)$/, {
      error: "expected an https address, or http on a port of localhost",
    })
    .nullable()
    .default(null)
    .meta({
      description:
        "URL of the model provider. null uses Google's. Plain http is allowed for the agent's own machine only.",
      examples: ["http://127.0.0.1:8080"],
    }),
  settings: z
    .record(z.string(), Freeform)
    .default({})
    .meta({
      description:
        "Further fields of Gemini CLI's {file}`settings.json`, by section. forge refuses a field that it writes itself.",
      examples: [{ model: { maxSessionTurns: 100 } }],
    }),
});
export type Agent = Subject<typeof options>;
