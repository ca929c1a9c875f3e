import * as z from "zod";
import { Folder, Freeform } from "../../schema/names.ts";
import type { Subject } from "../../schema/recipe/harness.ts";

/** Apart from the recipe, as other files of it need their type. */
export const options = z.strictObject({
  permissionMode: z.enum(["ask", "acceptEdits", "plan", "deny", "bypass"]).default("ask").meta({
    description:
      "Default for tools that `permissions` does not list.\n\n- `ask`: ask a person.\n- `acceptEdits`: allow file edits, ask for the rest.\n- `plan`: allow nothing that changes a file.\n- `deny`: refuse.\n- `bypass`: allow every tool.",
  }),
  workspaceConfig: z.enum(["trusted", "instructions", "ignored"]).default("instructions").meta({
    description:
      "Which configuration in the workspace applies.\n\n- `trusted`: {file}`CLAUDE.md`, settings, skills, hooks and MCP servers. Hooks and servers of the repository run as the agent, without asking.\n- `instructions`: {file}`CLAUDE.md` and {file}`.claude/rules` only.\n- `ignored`: nothing.",
  }),
  catalogue: z.boolean().default(true).meta({
    description: "Whether to list the agent's skills in the system prompt.",
  }),
  baseUrl: z
    .string()
    .nullable()
    .default(null)
    .meta({
      description: "URL of the model provider. null uses Anthropic's.",
      examples: ["http://127.0.0.1:8080"],
    }),
  additionalDirectories: z
    .array(Folder)
    .default([])
    .meta({
      description:
        "Directories besides the workspace that the agent's tools work in. The agent's user needs access to them.",
      examples: [["/srv/checkouts/product"]],
    }),
  hooks: z
    .record(z.string(), z.array(Freeform))
    .default({})
    .meta({
      description:
        "Hooks by event, in the format of {file}`settings.json`. They run beside those by which forge learns the agent's state.",
      examples: [
        { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "/bin/check" }] }] },
      ],
    }),
  settings: Freeform.default({}).meta({
    description:
      "Further fields of Claude Code's {file}`settings.json`. forge refuses a field that it writes itself.",
    examples: [{ includeCoAuthoredBy: false }],
  }),
});
export type Agent = Subject<typeof options>;
