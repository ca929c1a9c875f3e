import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import { SESSION } from "../../schema/plan.ts";
import type { Library, Subject } from "../../schema/recipe/harness.ts";
import {
  and,
  defineHarness,
  each,
  entry,
  fields,
  given,
  is,
  isGiven,
  match,
  not,
  record,
  t,
  when,
} from "../../schema/recipe/index.ts";

const options = z.strictObject({
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: "expected a provider's name, such as anthropic" })
    .default("anthropic")
    .meta({
      description: "Model provider: a built-in one, or a new name together with `baseUrl`.",
    }),
  baseUrl: z
    .string()
    .nullable()
    .default(null)
    .meta({
      description:
        "URL of the model provider, including the version of its API, such as `/v1`. null uses the URL that opencode has for the provider.",
      examples: ["http://127.0.0.1:8080/v1"],
    }),
  api: z
    .enum(["anthropic-messages", "openai-completions", "openai-responses", "google-generative-ai"])
    .default("anthropic-messages")
    .meta({
      description:
        "API of the model provider. With `baseUrl`, it selects the format of the requests. For a built-in provider, it selects only the format in which `effort` is sent.",
    }),
  apiKeyVariable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "expected the name of an environment variable" })
    .default("ANTHROPIC_API_KEY")
    .meta({
      description:
        "Variable of `secrets` or `environment` that holds the provider's API key. An agent without this variable uses opencode's own login. To log in, type `/connect` on the agent's terminal.",
    }),
  permissionMode: z.enum(["ask", "deny", "bypass"]).default("ask").meta({
    description:
      "What happens to a tool call that matches no rule in `permission` or `permissions`. Calls that only read the workspace run without asking.\n\n- `ask`: ask a person.\n- `deny`: refuse.\n- `bypass`: allow.",
  }),
  permission: Freeform.default({}).meta({
    description:
      "Permission rules by tool and pattern, in the format of `permission` in {file}`opencode.json`. These rules override `permissionMode`. The lists `permissions.allow` and `permissions.deny`, which name whole tools, override these rules.",
    examples: [{ bash: { "git diff *": "allow", "git push *": "deny" } }],
  }),
  workspaceConfig: z.enum(["trusted", "instructions", "ignored"]).default("instructions").meta({
    description:
      "Which configuration in the workspace applies.\n\n- `trusted`: {file}`AGENTS.md`, {file}`opencode.json`, the {file}`.opencode` directory and skills. Plugins and servers of the repository run as the agent, without asking, and opencode downloads packages into {file}`.opencode`.\n- `instructions`: {file}`AGENTS.md` only.\n- `ignored`: nothing.",
  }),
  modelSettings: Freeform.default({}).meta({
    description:
      "Fields of the model in {file}`opencode.json`, such as its context window. Set the limits of a model that opencode does not know, because it cannot shorten a long conversation without them.",
    examples: [{ limit: { context: 200000, output: 32000 } }],
  }),
  settings: Freeform.default({}).meta({
    description:
      "Further fields of {file}`opencode.json`. opencode does not start if it does not know a field. forge refuses a field that it writes itself.",
    examples: [{ username: "triage" }],
  }),
});
type Agent = Subject<typeof options>;

/** Fields of opencode.json that forge writes itself. */
const OWN = [
  "autoupdate",
  "enabled_providers",
  "instructions",
  "mcp",
  "model",
  "permission",
  "plugin",
  "provider",
  "share",
  "shell",
  "skills",
];

const effort = (a: Agent) =>
  given(a.effort, (level) => ({
    options: match(a.options.api, {
      "anthropic-messages": { effort: level, thinking: { type: "adaptive" } },
      "openai-completions": { reasoningEffort: level },
      "openai-responses": { reasoningEffort: level },
      "google-generative-ai": { thinkingConfig: { thinkingLevel: level } },
    }),
  }));

const apiKey = (a: Agent) => {
  const key = a.options.apiKeyVariable;
  const isLess = and(not(a.secrets.has(key)), not(a.environment.has(key)));
  return when(isLess, {}, { apiKey: t`{env:${key}}` });
};

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
    a.permissions.deny,
    (tool) => tool,
    () => "deny",
  ),
});

const servers = (a: Agent, library: Library) =>
  record(
    a.mcpServers,
    (name) => name,
    (name) =>
      match(library.mcpServers.at(name), {
        stdio: ({ command, args, env }) => ({
          type: "local",
          command: [command, ...args],
          environment: env,
        }),
        http: ({ url, headers }) => ({ type: "remote", url, headers, oauth: false }),
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

const DATABASE = ".local/share/opencode/opencode.db";

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
    login: { screen: "^ +Connect a provider +esc" },
    dialog: { screen: "△ Permission required|enter (submit|confirm) +esc dismiss" },
    rateLimited: { screen: "\\[retrying .*attempt #" },
    refused: null,
    clear: ["F12"],
    quit: "exit", // with a slash, Enter may come before the list of commands does, and is lost
    submitDelay: 20,
  },
  login: {
    folder: ".local/share/opencode",
    file: "auth.json",
    as: ".local/share/opencode/auth.json",
  },
  databases: [DATABASE],
  assets: ["status.js"],
  resume: ["--session", SESSION],

  rules: (a) => [
    ...each(OWN, (key) =>
      when(a.options.settings.has(key), [
        {
          option: t`opencode.settings.${key}`,
          problem: "forge writes this field itself",
          fix: "use model, mcpServers, permissions and the other options of opencode",
        },
      ]),
    ),
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
          t`file://${a.assets}/status.js`,
          ...each(a.plugins, (name) => [t`file://${library.plugins.at(name).source}`]),
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
