import { SESSION } from "../../schema/plan.ts";
import type { Library } from "../../schema/recipe/harness.ts";
import {
  and,
  defineHarness,
  each,
  fields,
  filledIn,
  given,
  is,
  isEmpty,
  isWithout,
  join,
  match,
  not,
  ownedFields,
  quote,
  record,
  type Server,
  strangeEntries,
  type Text,
  t,
  toolTimeout,
  when,
  withoutStartupTimeout,
} from "../../schema/recipe/index.ts";
import { type Agent, options } from "./options.ts";
import { OWNED } from "./owned.ts";
import { allowed, denied } from "./permissions.ts";
import { DIALOG, LOGIN } from "./questions.ts";
import { sessions } from "./session.ts";

/** What a hook says of the agent's state, by event and what narrows it; `-` says nothing. */
const SIGNALS = {
  SessionStart: { "": "-" }, // fires under dialogs too
  UserPromptSubmit: { "": "busy" },
  PermissionRequest: { "": "waiting-permission" },
  PostToolUse: { "": "busy" },
  PostToolUseFailure: { "": "busy" },
  Stop: { "": "ready" },
  StopFailure: {
    rate_limit: "rate-limited",
    authentication_failed: "waiting-login",
    "^(?!(rate_limit|authentication_failed)$)": "ready", // every other name, those of later versions too
  },
  Notification: { idle_prompt: "ready" }, // a turn that a person broke off has no Stop
};

/** The agent's own hooks, and after forge's those of the same event. */
const hooks = (a: Agent) => ({
  ...fields(a.options.hooks),
  ...Object.fromEntries(
    Object.entries(SIGNALS).map(([event, states]) => [
      event,
      [
        ...Object.entries(states).map(([matcher, state]) => ({
          matcher,
          hooks: [{ type: "command", command: t`${quote(a.signal)} ${state} ${event}` }],
        })),
        ...when(a.options.hooks.has(event), [...a.options.hooks.at(event)]),
      ],
    ]),
  ),
});

/** A key that Claude Code asks about, however it comes. */
const KEY = "ANTHROPIC_API_KEY";

/** As Claude Code writes it in its list of MCP servers. */
const variable = (name: Text) => t`$\{${name}}`;

const remote = (type: string, { url, headers, toolTimeoutSec }: Server<"http" | "sse">) => ({
  ...{ type, url, headers: filledIn(headers, variable) },
  ...toolTimeout(toolTimeoutSec),
});

/** What every command line has, on a terminal or not. */
const session = (a: Agent, library: Library) => [
  "--model",
  a.model,
  ...given(a.effort, (level) => ["--effort", level]),
  "--permission-mode",
  match(a.options.permissionMode, {
    ask: "manual",
    acceptEdits: "acceptEdits",
    plan: "plan",
    deny: "dontAsk",
    bypass: "bypassPermissions",
  }),
  "--settings",
  t`${a.home}/config/settings.json`,
  // Not as a source of settings, which would bring hooks: as a further directory, with CLAUDE_CODE_ADDITIONAL_….
  ...when(is(a.options.workspaceConfig, "instructions"), ["--add-dir", a.workdir]),
  "--setting-sources",
  match(a.options.workspaceConfig, { trusted: "project", instructions: "", ignored: "" }),
  "--mcp-config",
  t`${a.home}/config/mcp.json`,
  "--append-system-prompt-file",
  t`${a.home}/config/role.md`,
  "--system-prompt-snapshot",
  "off", // else a resumed conversation keeps the role it began with
  ...when(not(isEmpty(a.skills)), ["--plugin-dir", t`${a.home}/config/skills`]),
  ...each(a.plugins, (name) => ["--plugin-dir", library.plugins.at(name).source]),
];

export const claudeCode = defineHarness({
  name: "claude-code",
  package: {
    nixpkgs: "claude-code",
    npm: "@anthropic-ai/claude-code",
    bin: "claude",
    licence: "proprietary",
    unfree: true,
  },
  tested: "2.1.329",
  first: { model: "sonnet", secret: "ANTHROPIC_API_KEY" },
  options,

  // The mode footer: absent in every dialog, unlike the prompt sign.
  terminal: {
    ready: { screen: "^  (⏸|⏵⏵) " },
    busy: { screen: "esc to interrupt" },
    quit: "/exit",
    login: LOGIN,
    dialog: DIALOG,
    rateLimited: null,
    refused: null,
    clear: ["C-c", "C-c", "C-c"],
    submitDelay: 20,
  },
  failure: {
    screen:
      "^● (There's an issue with the selected model|API Error)|· retrying in .* · attempt [0-9]+/",
  },
  adapter: {
    nixpkgs: "claude-agent-acp",
    npm: "@agentclientprotocol/claude-agent-acp",
    bin: "claude-agent-acp",
    licence: "Apache-2.0",
    unfree: false,
  },
  composer: { screen: "^─{20,}\\n^❯$\\n^─{20,}" },
  interrupt: ["\u001b"],
  sessions,
  library: {
    skillFields: ["description"],
    pluginFiles: [
      ".claude-plugin/plugin.json",
      ".mcp.json",
      "agents",
      "commands",
      "hooks",
      "skills",
    ],
  },
  trust: null,
  login: { folder: ".claude", variable: "CLAUDE_SECURESTORAGE_CONFIG_DIR" },
  databases: [],
  assets: [],
  resume: ["--resume", SESSION],

  rules: (a, library) => [
    ...withoutStartupTimeout(
      a.mcpServers,
      library,
      "set environment.MCP_TIMEOUT, in milliseconds, for all servers of the agent",
    ),
    ...strangeEntries("permissions.allow", a.permissions.allow, allowed(a)),
    ...strangeEntries("permissions.ask", a.permissions.ask, denied(a)),
    ...strangeEntries("permissions.deny", a.permissions.deny, denied(a)),
    ...when(and(is(a.options.permissionMode, "plan"), not(isEmpty(a.permissions.allow))), [
      {
        option: "permissions.allow",
        problem: "plan mode changes nothing, so there is nothing to allow",
        fix: 'empty the list, or set claude-code.permissionMode = "ask"',
      },
    ]),
    ...ownedFields("claude-code.settings", a.options.settings, OWNED),
  ],

  argv: session,
  env: (a) => ({
    CLAUDE_CONFIG_DIR: t`${a.home}/claude`,
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: "1",
    CLAUDE_CODE_SHELL: a.shell,
    ...when(is(a.options.workspaceConfig, "instructions"), {
      CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: "1",
    }),
    ...given(a.options.baseUrl, (url) => ({ ANTHROPIC_BASE_URL: url })),
  }),
  files: (a, library) => ({
    "config/role.md": {
      text: t`${a.role}\n${when(
        a.options.catalogue,
        join(
          "",
          each(a.skills, (name) => [t`\n- /forge:${name}: ${library.skills.at(name).description}`]),
        ),
        "",
      )}`,
    },
    "config/settings.json": {
      json: {
        disableDeepLinkRegistration: "disable",
        ...fields(a.options.settings),
        enableAllProjectMcpServers: is(a.options.workspaceConfig, "trusted"), // or it asks at start
        hooks: hooks(a),
        permissions: {
          additionalDirectories: a.options.additionalDirectories,
          allow: a.permissions.allow,
          ask: a.permissions.ask,
          deny: a.permissions.deny,
        },
        skipDangerousModePermissionPrompt: true,
      },
    },
    "config/mcp.json": {
      json: {
        mcpServers: record(
          a.mcpServers,
          (name) => name,
          (name) =>
            match(library.mcpServers.at(name), {
              stdio: ({ command, args, env, toolTimeoutSec }) => ({
                ...{ command, args, env: filledIn(env, variable) },
                ...toolTimeout(toolTimeoutSec),
              }),
              http: (server) => remote("http", server),
              sse: (server) => remote("sse", server),
            }),
        ),
      },
    },
    ...when(not(isEmpty(a.skills)), {
      "config/skills/.claude-plugin/plugin.json": { json: { name: "forge" } },
      ...record(
        a.skills,
        (name) => t`config/skills/skills/${name}`,
        (name) => ({ source: library.skills.at(name).source }),
      ),
    }),
  }),
  headless: (a, library) => ({
    prompt: "stdin",
    argv: [a.bin, ...session(a, library), "-p", "--output-format", "stream-json", "--verbose"],
    env: {},
  }),
  acp: (a) =>
    given(
      a.adapter,
      (program) => ({ argv: [program], env: { CLAUDE_CODE_EXECUTABLE: a.bin } }),
      null,
    ),
  seed: (a) => ({
    "claude/.claude.json": {
      hasCompletedOnboarding: true,
      projects: { $workspaces: { hasTrustDialogAccepted: { $over: true } } },
      ...when(not(isWithout(a, KEY)), {
        customApiKeyResponses: {
          approved: [{ $credentialTail: { name: KEY, length: 20 } }],
          rejected: [],
        },
      }),
    },
  }),
  stub: (baseUrl) => ({ model: "stub-model", secret: "ANTHROPIC_API_KEY", options: { baseUrl } }),
});
