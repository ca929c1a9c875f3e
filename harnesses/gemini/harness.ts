import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import { SESSION } from "../../schema/plan.ts";
import type { Subject } from "../../schema/recipe/harness.ts";
import {
  and,
  defineHarness,
  each,
  fields,
  given,
  is,
  isEmpty,
  isGiven,
  match,
  not,
  record,
  t,
  when,
} from "../../schema/recipe/index.ts";
import type { Value } from "../../schema/recipe/types.ts";

const options = z.strictObject({
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
type Agent = Subject<typeof options>;

/** Fields of settings.json that forge writes itself, by section. */
const OWN = {
  advanced: ["ignoreLocalEnv"],
  context: ["importFormat"],
  general: ["enableAutoUpdate", "enableAutoUpdateNotification"],
  modelConfigs: ["customAliases"],
  privacy: ["usageStatisticsEnabled"],
  security: ["auth", "folderTrust"],
  ui: ["dynamicWindowTitle", "errorVerbosity", "hideWindowTitle"],
};

/** What the agent's declaration adds to a section. */
const section = (a: Agent, name: keyof typeof OWN) =>
  when(a.options.settings.has(name), fields(a.options.settings.at(name)), {});

const LEVELS = { low: "LOW", medium: "MEDIUM", high: "HIGH", xhigh: "HIGH", max: "HIGH" };
const BUDGETS = { low: 1024, medium: 8192, high: 24576, xhigh: 24576, max: 24576 };
const TOO_HIGH = [
  { option: "effort", problem: "Gemini's highest level is high", fix: 'set effort = "high"' },
];

/** What every command line has: on a terminal, for one prompt, over ACP. */
const session = (a: Agent) => [
  "--model",
  a.model,
  "--approval-mode",
  match(a.options.permissionMode, {
    ask: "default",
    acceptEdits: "auto_edit",
    plan: "plan",
    deny: "default",
    bypass: "yolo",
  }),
  "--admin-policy",
  t`${a.home}/.gemini/forge.toml`,
];

/** A preset of Gemini CLI's own, with another depth of thought. */
const thinking = (thinkingConfig: { readonly [field: string]: Value }) => ({
  extends: "chat-base",
  modelConfig: { generateContentConfig: { thinkingConfig } },
});

const DENIED = { decision: "deny", priority: 900 };
const ALLOWED = { decision: "allow", priority: 500 };
const READING = ["glob", "grep_search", "list_directory", "read_file", "update_topic"];
const SHELL = "run_shell_command";

/** The highest priority decides. */
const policy = (a: Agent) => [
  ...when(not(isEmpty(a.permissions.deny)), [{ toolName: a.permissions.deny, ...DENIED }]),
  ...when(not(isEmpty(a.options.denyCommands)), [
    { toolName: SHELL, commandPrefix: a.options.denyCommands, ...DENIED },
  ]),
  ...when(not(isEmpty(a.permissions.allow)), [{ toolName: a.permissions.allow, ...ALLOWED }]),
  ...when(not(isEmpty(a.options.allowCommands)), [
    { toolName: SHELL, commandPrefix: a.options.allowCommands, ...ALLOWED },
  ]),
  ...when(not(isEmpty(a.skills)), [{ toolName: "activate_skill", ...ALLOWED }]),
  ...when(is(a.options.permissionMode, "deny"), [
    { toolName: READING, decision: "allow", priority: 200 },
    { toolName: "*", decision: "deny", priority: 100 },
  ]),
];

const hook = (a: Agent, state: string, event: string) => ({
  hooks: [{ name: "forge", type: "command", command: t`"${a.signal}" ${state} ${event}` }],
});

export const gemini = defineHarness({
  name: "gemini",
  package: {
    nixpkgs: "gemini-cli",
    npm: "@google/gemini-cli",
    bin: "gemini",
    licence: "Apache-2.0",
    unfree: false,
  },
  adapter: null,
  options,

  // The title says Ready in the dialogs of a first start too; none of them shows the composer.
  terminal: {
    ready: { screen: "^ [>*] +Type your message" },
    busy: { title: "^(✦|⏲)" },
    login: { screen: "^│ +(Enter Gemini API Key|How would you like to authenticate)" },
    permission: { title: "^✋" },
    rateLimited: { screen: "we're still on it|^│ +Usage limit reached" },
    clear: ["C-c"],
    quit: "/quit",
    submitDelay: 150,
  },
  hardening: { jit: true },
  assets: [],
  resume: ["--resume", SESSION],

  rules: (a) => [
    ...when(and(is(a.options.login, "google"), isGiven(a.options.baseUrl)), [
      {
        option: "gemini.baseUrl",
        problem: "a Google account is served by Google alone",
        fix: 'take it out, or set gemini.login = "apiKey"',
      },
    ]),
    ...given(a.effort, (level) =>
      match(level, { low: [], medium: [], high: [], xhigh: TOO_HIGH, max: TOO_HIGH }),
    ),
    ...each(["hooks", "mcpServers"], (name) =>
      when(a.options.settings.has(name), [
        {
          option: t`gemini.settings.${name}`,
          problem: "forge writes this section itself",
          fix: "take it out; MCP servers go into mcpServers",
        },
      ]),
    ),
    ...Object.entries(OWN).flatMap(([name, own]) => [
      ...when(
        a.options.settings.has(name),
        each(own, (field) =>
          when(a.options.settings.at(name).has(field), [
            {
              option: t`gemini.settings.${name}.${field}`,
              problem: "forge writes this field itself",
              fix: "take it out",
            },
          ]),
        ),
      ),
    ]),
  ],

  argv: (a) => session(a),
  env: (a) => ({
    GEMINI_CLI_NO_RELAUNCH: "true",
    GEMINI_FORCE_FILE_STORAGE: "true", // else it looks for a keyring
    NO_BROWSER: "true",
    ...given(a.options.baseUrl, (url) => ({
      GOOGLE_GEMINI_BASE_URL: url,
      GOOGLE_VERTEX_BASE_URL: url,
    })),
  }),
  files: (a, library) => ({
    ".gemini/GEMINI.md": { text: a.role },
    ".gemini/forge.toml": { toml: { rule: policy(a) } },
    ".gemini/settings.json": {
      json: {
        ...fields(a.options.settings),
        advanced: { ...section(a, "advanced"), ignoreLocalEnv: true },
        context: { ...section(a, "context"), importFormat: "flat" }, // else an @name in the role is an import
        general: {
          ...section(a, "general"),
          enableAutoUpdate: false,
          enableAutoUpdateNotification: false,
        },
        hooks: {
          SessionStart: [hook(a, "-", "SessionStart")],
          BeforeAgent: [hook(a, "busy", "BeforeAgent")],
          Notification: [hook(a, "waiting-permission", "Notification")],
          AfterTool: [hook(a, "busy", "AfterTool")],
          AfterAgent: [hook(a, "ready", "AfterAgent")],
          SessionEnd: [{ matcher: "exit", ...hook(a, "exited", "SessionEnd") }],
        },
        mcpServers: record(
          a.mcpServers,
          (name) => name,
          (name) =>
            match(library.mcpServers.at(name), {
              stdio: (server) => ({ command: server.command, args: server.args, env: server.env }),
              http: (server) => ({ httpUrl: server.url, headers: server.headers }),
            }),
        ),
        modelConfigs: {
          ...section(a, "modelConfigs"),
          ...given(a.effort, (level) => ({
            customAliases: {
              "chat-base-2.5": thinking({ thinkingBudget: match(level, BUDGETS) }),
              "chat-base-3": thinking({ thinkingLevel: match(level, LEVELS) }),
            },
          })),
        },
        privacy: { ...section(a, "privacy"), usageStatisticsEnabled: false },
        security: {
          ...section(a, "security"),
          auth: {
            selectedType: match(a.options.login, {
              apiKey: "gemini-api-key",
              google: "oauth-personal",
              vertex: "vertex-ai",
            }),
          },
          folderTrust: { enabled: false },
        },
        ui: {
          hideBanner: true,
          hideTips: true,
          showCompatibilityWarnings: false,
          ...section(a, "ui"),
          dynamicWindowTitle: true,
          errorVerbosity: "low", // else a dialog asks whether to try again
          hideWindowTitle: false,
        },
      },
    },
    ...record(
      a.skills,
      (name) => t`.gemini/skills/${name}`,
      (name) => ({ source: library.skills.at(name).source }),
    ),
    ...record(
      a.plugins,
      (name) => t`.gemini/extensions/${name}`,
      (name) => ({ source: library.plugins.at(name).source }),
    ),
  }),
  seed: () => ({}),
  headless: (a) => ({
    prompt: "stdin",
    argv: [a.bin, ...session(a), "--output-format", "stream-json"],
    env: {},
  }),
  acp: (a) => ({ argv: [a.bin, "--acp", ...session(a)], env: {} }),
  stub: (baseUrl) => ({ model: "stub-model", secret: "GEMINI_API_KEY", options: { baseUrl } }),
});
