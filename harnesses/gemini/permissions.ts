import { type Entries, isEmpty, not, ofServers, when } from "../../schema/recipe/index.ts";
import type { Agent } from "./options.ts";

const TOOLS = [
  ..."activate_skill ask_user enter_plan_mode exit_plan_mode get_internal_docs glob google_web_search".split(
    " ",
  ),
  ..."grep_search invoke_agent list_background_processes list_directory list_mcp_resources read_background_output".split(
    " ",
  ),
  ..."read_file read_many_files read_mcp_resource replace run_shell_command update_topic web_fetch write_file write_todos".split(
    " ",
  ),
];

const TOOL = "_([*]|[A-Za-z0-9_.:-]+)";

/** The beginning of a command, taken as it is: an asterisk would stand for itself. */
export const COMMANDS: Entries = {
  tools: [],
  patterns: ["[A-Za-z0-9_.~/][^*()\n]*"],
  dead: ["[^\n]*[ :]"],
  form: "write the beginning of a command, such as git push",
};

export const tools = (a: Agent, everywhere: readonly string[]): Entries => ({
  tools: TOOLS,
  patterns: [
    ...ofServers(a.mcpServers, "mcp_", TOOL),
    ...when(not(isEmpty(a.plugins)), [`mcp_[A-Za-z0-9.-]+${TOOL}`]),
    ...everywhere,
  ],
  form: "write a tool, or mcp_<server>_<tool> or mcp_<server>_*; shell commands go into gemini.allowCommands and gemini.denyCommands",
});
