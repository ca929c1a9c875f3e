import { SESSION } from "../../schema/plan.ts";
import type { Library } from "../../schema/recipe/harness.ts";
import {
  and,
  defineHarness,
  each,
  entry,
  fields,
  filledIn,
  given,
  is,
  isGiven,
  isWithout,
  match,
  not,
  ownedFields,
  record,
  type Server,
  type Text,
  t,
  toolTimeout,
  when,
  withoutStartupTimeout,
  withoutUnderscores,
} from "../../schema/recipe/index.ts";
import { DATABASE } from "./database.ts";
import { type Agent, options } from "./options.ts";
import { OWNED } from "./owned.ts";
import { permissionRules } from "./permissions.ts";
import { sessions } from "./session.ts";

const effort = (a: Agent) =>
  given(a.effort, (level) => ({
    options: match(a.options.api, {
      "anthropic-messages": { effort: level, thinking: { type: "adaptive" } },
      "openai-completions": { reasoningEffort: level },
      "openai-responses": { reasoningEffort: level },
      "google-generative-ai": { thinkingConfig: { thinkingLevel: level } },
    }),
  }));

/** As opencode fills it in, anywhere in opencode.json: a file's text is quoted for JSON, a variable's is not. */
const secretOf = (name: Text) => t`{file:{env:CREDENTIALS_DIRECTORY}/${name}}`;

const apiKey = (a: Agent) =>
  given(
    a.options.apiKeyVariable,
    (key) =>
      when(
        isWithout(a, key),
        {},
        {
          apiKey: when(
            a.secrets.has(key),
            secretOf(key),
            when(a.environment.has(key), a.environment.at(key), t`{env:${key}}`),
          ),
        },
      ),
    { apiKey: "none" }, // else opencode takes the provider for one without a login
  );

const provider = (a: Agent) => ({
  ...given(a.options.baseUrl, () => ({
    npm: match(a.options.api, {
      "anthropic-messages": "@ai-sdk/anthropic",
      "openai-completions": "@ai-sdk/openai-compatible",
      "openai-responses": "@ai-sdk/openai",
      "google-generative-ai": "@ai-sdk/google",
    }),
  })),
  options: { ...given(a.options.baseUrl, (baseURL) => ({ baseURL })), ...apiKey(a) },
  models: entry(a.model, { ...fields(a.options.modelSettings), ...effort(a) }),
});

/** Tools that only read the workspace, or ask more narrowly by themselves. Later rules win, by the order of names. */
const READING = {
  glob: "allow",
  grep: "allow",
  list: "allow",
  question: "allow",
  read: { "*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow" },
  skill: "allow",
  task: "allow",
  todowrite: "allow",
};

const permission = (a: Agent) => ({
  "*": match(a.options.permissionMode, { ask: "ask", deny: "deny", bypass: "allow" }),
  ...match(a.options.permissionMode, {
    ask: READING,
    deny: {
      ...READING,
      question: "deny",
      read: { ...READING.read, "*.env": "deny", "*.env.*": "deny" },
    },
    bypass: {},
  }),
  ...fields(a.options.permission),
  ...record(
    a.permissions.allow,
    (tool) => tool,
    () => "allow",
  ),
  ...record(
    a.permissions.ask,
    (tool) => tool,
    () => "ask",
  ),
  ...record(
    a.permissions.deny,
    (tool) => tool,
    () => "deny",
  ),
});

const remote = ({ url, headers, toolTimeoutSec }: Server<"http" | "sse">) => ({
  type: "remote",
  url,
  headers: filledIn(headers, secretOf),
  oauth: false,
  ...toolTimeout(toolTimeoutSec),
});

const servers = (a: Agent, library: Library) =>
  record(
    a.mcpServers,
    (name) => name,
    (name) =>
      match(library.mcpServers.at(name), {
        stdio: ({ command, args, env, toolTimeoutSec }) => ({
          type: "local",
          command: [command, ...args],
          environment: filledIn(env, secretOf),
          ...toolTimeout(toolTimeoutSec),
        }),
        http: remote,
        sse: remote, // it tries streamable HTTP first
      }),
  );

/** opencode installs its plugin package into every folder of its own, unless it finds this there. */
const installed = (folder: string) => ({
  [`${folder}/package-lock.json`]: {
    json: {
      lockfileVersion: 3,
      packages: { "": { dependencies: { "@opencode-ai/plugin": "*" } } },
    },
  },
  [`${folder}/node_modules/.package-lock.json`]: { json: { lockfileVersion: 3, packages: {} } },
});

export const opencode = defineHarness({
  name: "opencode",
  package: {
    nixpkgs: "opencode",
    npm: "opencode-ai",
    bin: "opencode",
    licence: "MIT",
    unfree: false,
  },
  tested: "1.18.33",
  first: { model: "claude-sonnet-5", secret: "ANTHROPIC_API_KEY" },
  adapter: null,
  options,

  // The footer: gone while opencode asks something. Only the dialog of `login` may leave it in view.
  terminal: {
    ready: { screen: "ctrl\\+p commands" },
    busy: { screen: "esc (again to )?interrupt" },
    login: {
      screen: "^ +(Connect a provider|Select auth method|API key) +esc",
    },
    dialog: { screen: "△ Permission required|enter (submit|confirm) +esc dismiss" },
    rateLimited: { screen: "\\[retrying .*attempt #" },
    refused: null,
    clear: ["F12"],
    quit: "exit", // with a slash, Enter may come before the list of commands does, and is lost
    submitDelay: 20,
  },
  // The line between two empty ones, and below them the agent's.
  composer: { screen: "^ +┃$\\n^ +┃(  Ask anything… .*)?$\\n^ +┃$\\n^ +┃  [A-Z][a-z]+ · " },
  interrupt: ["\u001b", "\u001b"],
  sessions,
  library: {
    skillFields: ["name", "description"],
    pluginFiles: ["", "package.json", "index.js", "index.mjs", "index.ts"],
  },
  trust: null,
  login: {
    folder: ".local/share/opencode",
    file: "auth.json",
    as: ".local/share/opencode/auth.json",
  },
  databases: [DATABASE],
  assets: ["status.js"],
  resume: ["--session", SESSION],

  rules: (a, library) => [
    ...withoutUnderscores(a.mcpServers),
    ...withoutStartupTimeout(
      a.mcpServers,
      library,
      "set toolTimeoutSec, which limits the start in opencode too",
    ),
    ...permissionRules(a),
    ...ownedFields("opencode.settings", a.options.settings, OWNED),
    ...when(and(isGiven(a.effort), a.options.modelSettings.has("options")), [
      {
        option: "opencode.modelSettings.options",
        problem: "forge writes this field itself for an agent with an effort",
        fix: "take it out, or take effort out",
      },
    ]),
  ],

  argv: (a) => ["--model", t`${a.options.provider}/${a.model}`],
  env: (a) => ({
    OPENCODE_CONFIG_DIR: t`${a.home}/opencode`,
    OPENCODE_DB: t`${a.home}/${DATABASE}`, // its name would depend on who built it
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    ...when(not(is(a.options.workspaceConfig, "trusted")), {
      OPENCODE_DISABLE_EXTERNAL_SKILLS: "1",
      OPENCODE_DISABLE_PROJECT_CONFIG: "1",
    }),
  }),
  files: (a, library) => ({
    "opencode/AGENTS.md": { text: a.role },
    "opencode/opencode.json": {
      json: {
        small_model: t`${a.options.provider}/${a.model}`,
        ...fields(a.options.settings),
        model: t`${a.options.provider}/${a.model}`,
        enabled_providers: [a.options.provider],
        provider: entry(a.options.provider, provider(a)),
        permission: permission(a),
        instructions: when(
          is(a.options.workspaceConfig, "instructions"),
          [t`${a.workdir}/AGENTS.md`],
          [],
        ),
        skills: { paths: [...each(a.skills, (name) => [library.skills.at(name).source])] },
        mcp: servers(a, library),
        plugin: [
          t`${a.assets}/status.js`,
          ...each(a.plugins, (name) => [library.plugins.at(name).source]),
        ],
        shell: a.shell,
        autoupdate: false,
        share: "disabled",
      },
    },
    // A key that empties the composer and, unlike Ctrl-C, leaves an empty one alone.
    "opencode/tui.json": { json: { keybinds: { input_clear: "ctrl+c,f12" } } },
    ...installed("opencode"),
    ...installed(".config/opencode"),
  }),
  seed: () => ({}),
  headless: (a) => ({
    prompt: "stdin",
    argv: [a.bin, "run", "--model", t`${a.options.provider}/${a.model}`, "--format", "json"],
    env: {},
  }),
  acp: (a) => ({ argv: [a.bin, "acp"], env: {} }),
  stub: (url) => ({
    model: "stub-model",
    secret: "STUB_KEY",
    options: { provider: "stub", baseUrl: `${url}/v1`, apiKeyVariable: "STUB_KEY" },
  }),
});
