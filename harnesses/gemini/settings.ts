import { fields, is, isEmpty, match, not, quote, t, when } from "../../schema/recipe/index.ts";
import type { Leaf, List, Value } from "../../schema/recipe/types.ts";
import type { Agent } from "./options.ts";

type Effort = keyof typeof LEVELS;

interface Sections {
  readonly [section: string]: { readonly [field: string]: Value };
}

/** Fields of settings.json that the agent's declaration may change. */
const DEFAULTS: Sections = {
  // A workspace's own agents would raise a dialog at start, after a first frame without it.
  experimental: { enableAgents: false },
  ui: {
    escapePastedAtSymbols: true, // else an @path in a prompt sends that file, asked or not
    hideBanner: true,
    hideTips: true,
    showCompatibilityWarnings: false,
  },
};

/** Fields that it may not: owned.ts says so. */
const FIXED: Sections = {
  advanced: { ignoreLocalEnv: true },
  context: { importFormat: "flat" }, // else an @name in the role is an import
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  ui: {
    dynamicWindowTitle: true,
    errorVerbosity: "low", // else a dialog asks whether to try again
    hideContextSummary: false,
    hideWindowTitle: false,
  },
};

/** The agent's own sections, with those above and the computed ones laid into them. */
export const sections = (a: Agent, computed: Sections): Sections => {
  const names = Object.keys({ ...DEFAULTS, ...FIXED, ...computed });
  const own = (name: string) =>
    when(a.options.settings.has(name), fields(a.options.settings.at(name)), {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      { ...DEFAULTS[name], ...own(name), ...FIXED[name], ...computed[name] },
    ]),
  );
};

const LEVELS = { low: "LOW", medium: "MEDIUM", high: "HIGH", xhigh: "HIGH", max: "HIGH" };
const BUDGETS = { low: 1024, medium: 8192, high: 24576, xhigh: 24576, max: 24576 };

/** Depth of thought, for each generation of models in its own words. */
export const thinking = (level: Leaf<Effort>) => ({
  customAliases: {
    "chat-base-2.5": preset({ thinkingBudget: match(level, BUDGETS) }),
    "chat-base-3": preset({ thinkingLevel: match(level, LEVELS) }),
  },
});
const preset = (thinkingConfig: { readonly [field: string]: Value }) => ({
  extends: "chat-base",
  modelConfig: { generateContentConfig: { thinkingConfig } },
});

const DENIED = { decision: "deny", priority: 900 };
const ASKED = { decision: "ask_user", priority: 700 };
const ALLOWED = { decision: "allow", priority: 500 };
const READING = ["glob", "grep_search", "list_directory", "read_file", "update_topic"];

const tools = (toolName: List<string>, verdict: object) =>
  when(not(isEmpty(toolName)), [{ toolName, ...verdict }]);
const commands = (commandPrefix: List<string>, verdict: object) =>
  when(not(isEmpty(commandPrefix)), [{ toolName: "run_shell_command", commandPrefix, ...verdict }]);

/** The highest priority decides. */
export const policy = (a: Agent) => [
  ...tools(a.permissions.deny, DENIED),
  ...commands(a.options.denyCommands, DENIED),
  ...tools(a.permissions.ask, ASKED),
  ...tools(a.permissions.allow, ALLOWED),
  ...commands(a.options.allowCommands, ALLOWED),
  ...when(not(isEmpty(a.skills)), [{ toolName: "activate_skill", ...ALLOWED }]),
  ...when(is(a.options.permissionMode, "deny"), [
    { toolName: READING, decision: "allow", priority: 200 },
    { toolName: "*", decision: "deny", priority: 100 },
  ]),
];

/** States by event and matcher; `-` keeps the state. A turn that a person breaks off at a question has no end. */
const SIGNALS = {
  SessionStart: { "*": "-" },
  BeforeAgent: { "*": "busy" },
  Notification: { ToolPermission: "waiting-permission" },
  AfterTool: { "*": "busy" },
  AfterAgent: { "*": "ready" },
  SessionEnd: { exit: "exited" }, // not /clear
};

export const hooks = (a: Agent) =>
  Object.fromEntries(
    Object.entries(SIGNALS).map(([event, states]) => [
      event,
      Object.entries(states).map(([matcher, state]) => ({
        matcher,
        hooks: [
          { name: "forge", type: "command", command: t`${quote(a.signal)} ${state} ${event}` },
        ],
      })),
    ]),
  );
