import { type Entries, is, isEmpty, not, ofServers, when } from "../../schema/recipe/index.ts";
import type { Agent } from "./options.ts";

const TOOLS = [
  ..."Agent AskUserQuestion Bash CronCreate CronDelete CronList Edit EnterPlanMode EnterWorktree ExitPlanMode".split(
    " ",
  ),
  ..."ExitWorktree Glob Grep KillShell LSP ListAgents ListMcpResourcesTool Monitor NotebookEdit".split(
    " ",
  ),
  ..."PushNotification Read ReadMcpResourceTool RemoteTrigger ReportFindings ScheduleWakeup SendMessage Skill".split(
    " ",
  ),
  ..."Task TaskCreate TaskGet TaskList TaskStop TaskUpdate TodoWrite ToolSearch WebFetch WebSearch Workflow Write".split(
    " ",
  ),
];

const NAME = "[A-Za-z0-9_-]+";

/** What Claude Code takes, of all that it does not drop with a word on a terminal where nobody looks. */
const entries = (a: Agent, everywhere: readonly string[]): Entries => ({
  tools: TOOLS,
  patterns: [
    "(Bash|Monitor)\\([^ :\n][^\n]*\\)",
    "(Edit|Read)\\([^\n]+\\)", // of all tools that write files, and that read them
    "WebFetch\\(domain:[A-Za-z0-9*.-]+\\)",
    "WebSearch\\([^*?()\n]+\\)",
    `(Agent|Task)\\(${NAME}\\)`,
    "Skill\\([A-Za-z0-9_:/*-]+\\)",
    ...ofServers(a.mcpServers, "mcp__", `(__[A-Za-z0-9_*-]+)?`),
    ...when(not(isEmpty(a.plugins)), [`mcp__plugin_${NAME}`]),
    ...when(is(a.options.workspaceConfig, "trusted"), [`mcp__${NAME}(__[A-Za-z0-9_*-]+)?`]),
    ...everywhere,
  ],
  dead: [
    "(Edit|Read)\\((path|file_path) *:[^\n]*\\)",
    "(Bash|Monitor)\\(command *:[^\n]*\\)",
    "(Edit|Read)\\([^\n]*:[*]\\)",
    "(Bash|Monitor)\\([^\n]*:[*][^\n]+\\)",
  ],
  form: "write Tool or Tool(pattern), such as Bash(git push:*), Read(./secrets/**), Edit(/docs/**), WebFetch(domain:example.com), mcp__<server>__<tool>",
});

export const allowed = (a: Agent): Entries => entries(a, []);
export const denied = (a: Agent): Entries => entries(a, ["[*]", "mcp__[*]"]);
