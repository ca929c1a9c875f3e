import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import type { Subject } from "../../schema/recipe/harness.ts";

/** Apart from the recipe, as settings.ts needs their type. */
export const options = z.strictObject({
  permissionMode: z.enum(["ask", "acceptEdits", "plan", "deny", "bypass"]).default("ask").meta({
    description:
      "What happens before a tool runs that no list names: a person is asked (`ask`), edits run and the rest asks (`acceptEdits`), nothing changes anything (`plan`), it is refused (`deny`), or it runs (`bypass`).",
  }),
  allowCommands: z
    .array(z.string())
    .default([])
    .meta({
      description: "Beginnings of shell commands that run without asking.",
      examples: [["git diff"]],
    }),
  denyCommands: z
    .array(z.string())
    .default([])
    .meta({
      description: "Beginnings of shell commands that never run.",
      examples: [["git push"]],
    }),
  login: z.enum(["apiKey", "google", "vertex"]).default("apiKey").meta({
    description:
      "How Gemini CLI logs in: with the key in {env}`GEMINI_API_KEY`, with a Google account that a person signs in to once on the agent's terminal, or at Vertex AI.",
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
        "Address of the model provider; null means Google's. Plain http is for the agent's own machine only.",
      examples: ["http://127.0.0.1:8080"],
    }),
  settings: z
    .record(z.string(), Freeform)
    .default({})
    .meta({
      description: "Further fields of Gemini CLI's {file}`settings.json`, by section.",
      examples: [{ model: { maxSessionTurns: 100 } }],
    }),
});
export type Agent = Subject<typeof options>;
