import {
  and,
  type Entries,
  each,
  is,
  isEmpty,
  keys,
  matches,
  not,
  ofServers,
  strangeEntries,
  t,
  when,
} from "../../schema/recipe/index.ts";
import type { Agent } from "./options.ts";

/** Names by which opencode asks for permission; it asks for every tool that writes a file as `edit`. */
const TOOLS = [
  ..."bash doom_loop edit external_directory glob grep list lsp plan_enter plan_exit question".split(
    " ",
  ),
  ..."read skill task todowrite webfetch websearch".split(" "),
];

/** Tools that plugins and the workspace bring have any name. */
const FOREIGN = "[a-z][A-Za-z0-9_-]*";

const tools = (a: Agent, everywhere: readonly string[]): Entries => ({
  tools: TOOLS,
  patterns: [
    ...ofServers(a.mcpServers, "", "_([*]|[A-Za-z0-9_-]+)"),
    ...when(not(isEmpty(a.plugins)), [FOREIGN]),
    ...when(is(a.options.workspaceConfig, "trusted"), [FOREIGN]),
    ...everywhere,
  ],
  dead: [
    "write",
    "patch",
    "apply_patch",
    "multiedit",
    "list_mcp_resources",
    "list_mcp_resource_templates",
    "read_mcp_resource",
  ],
  form: "write edit for all tools that change files, or <server>_<tool>, <server>_*; patterns of commands and paths go into opencode.permission",
});

/** The last rule that fits wins, and a tool's name comes after its server's `_*`: it would undo that. */
const undone = (a: Agent) =>
  each(a.permissions.deny, (denied) =>
    each(a.mcpServers, (server) =>
      when(
        matches(t`${server}_[*]`, denied),
        each(
          [...a.permissions.allow, ...a.permissions.ask, ...keys(a.options.permission)],
          (entry) =>
            when(and(matches(t`${server}_[^\n]*`, entry), not(is(entry, denied))), [
              {
                option: "permissions.deny",
                problem: t`"${denied}" would not hold for "${entry}", which has a rule of its own`,
                fix: t`deny the tools of ${server} one by one, or take ${entry} out`,
              },
            ]),
        ),
      ),
    ),
  );

export const permissionRules = (a: Agent) => [
  ...strangeEntries("permissions.allow", a.permissions.allow, tools(a, [])),
  ...strangeEntries("permissions.ask", a.permissions.ask, tools(a, [])),
  ...strangeEntries("permissions.deny", a.permissions.deny, tools(a, [])),
  ...strangeEntries("opencode.permission", keys(a.options.permission), tools(a, ["[*]"])),
  ...undone(a),
];
