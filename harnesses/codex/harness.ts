import { SESSION } from "../../schema/plan.ts";
import {
  and,
  defineHarness,
  entry,
  fields,
  given,
  is,
  isEmpty,
  isWithout,
  keys,
  match,
  matches,
  not,
  ownedFields,
  quote,
  record,
  t,
  when,
} from "../../schema/recipe/index.ts";
import type { Value } from "../../schema/recipe/types.ts";
import { type Agent, options } from "./options.ts";
import { OWNED, OWNED_FEATURES, OWNED_OF_PROVIDER } from "./owned.ts";
import { DIALOG, LOGIN } from "./questions.ts";
import { serverRules, servers } from "./servers.ts";
import { sessions } from "./session.ts";

/** What a hook says of the agent's state; `-` says nothing. A turn that fails has no hook at its end. */
const SIGNALS = {
  SessionStart: "-", // with the first prompt, not before
  UserPromptSubmit: "busy",
  PermissionRequest: "waiting-permission",
  PostToolUse: "busy",
  Stop: "ready",
  Interrupt: "ready",
};

/** The agent's own hooks, and after forge's those of the same event. */
const hooks = (a: Agent) => ({
  ...fields(a.options.hooks),
  ...Object.fromEntries(
    Object.entries(SIGNALS).map(([event, state]) => [
      event,
      [
        { hooks: [{ type: "command", command: t`${quote(a.signal)} ${state} ${event}` }] },
        ...when(a.options.hooks.has(event), [...a.options.hooks.at(event)]),
      ],
    ]),
  ),
});

/** The built-in provider ignores a key in the environment; one of another name reads it. */
const provider = (a: Agent) => {
  const base_url = given(a.options.baseUrl, (url) => url, "https://api.openai.com/v1");
  const own = {
    ...fields(a.options.providerSettings),
    name: "forge",
    base_url,
    wire_api: "responses",
  };
  const use = (forge: Value) => ({ model_provider: "forge", model_providers: { forge } });
  return given(
    a.options.apiKeyVariable,
    (key) =>
      when(
        isWithout(a, key),
        given(a.options.baseUrl, (url) => ({ openai_base_url: url })),
        use({ ...own, env_key: key }),
      ),
    use(own),
  );
};

const sandbox = (a: Agent) =>
  given(
    a.options.sandbox,
    (mode) => mode,
    when(a.confined, "danger-full-access", "workspace-write"),
  );

/** What every command line has, on a terminal or not. */
const STRICT = [
  "--strict-config",
  "--dangerously-bypass-hook-trust", // else the hooks wait in a dialog for a person
];

export const codex = defineHarness({
  name: "codex",
  package: {
    nixpkgs: "codex",
    npm: "@openai/codex",
    bin: "codex",
    licence: "Apache-2.0",
    unfree: false,
  },
  tested: "0.169.0",
  first: { model: "gpt-5.5", secret: "OPENAI_API_KEY" },
  adapter: {
    nixpkgs: "codex-acp",
    npm: "@agentclientprotocol/codex-acp",
    bin: "codex-acp",
    licence: "Apache-2.0",
    unfree: false,
  },
  options,

  // The line below the composer: absent in every dialog, and in the first frame, which a dialog may follow.
  terminal: {
    ready: { screen: "^  \\S.* · [~/]" },
    // A spinner; bash knows no range beyond ASCII.
    busy: { title: "^[^ -~] " },
    login: LOGIN,
    dialog: DIALOG,
    rateLimited: { screen: "^■ .*(429 Too Many Requests|usage limit)" },
    refused: { screen: "^■ .*(401 Unauthorized|sign in again)" },
    clear: ["Space", "C-c"], // C-c alone leaves where there is nothing to clear
    quit: "/quit",
    submitDelay: 20,
  },
  // Of all that ■ begins but what a person broke off.
  failure: { screen: "^■ ([^C]|C[^o]|Co[^n]|Con[^v])|^[•◦] Reconnecting\\.\\.\\. " },
  composer: { screen: "^› Ask Codex to do anything$" },
  interrupt: ["\u001b"],
  sessions,
  library: { skillFields: ["name", "description"], pluginFiles: [] },
  trust: {
    flag: "--config",
    before: "projects={",
    each: '{workspace}={trust_level="trusted"}',
    after: "}",
  },
  login: { folder: ".codex", file: "auth.json", as: "codex/auth.json" },
  databases: [],
  assets: [],
  resume: ["resume", SESSION],

  rules: (a, library) => [
    ...serverRules(a, library),
    ...when(
      a.confined,
      given(a.options.sandbox, (mode) =>
        when(not(is(mode, "danger-full-access")), [
          {
            option: "codex.sandbox",
            problem: t`${mode} needs namespaces, which the agent's unit forbids`,
            fix: "take it out: the unit is the sandbox",
          },
        ]),
      ),
    ),
    ...ownedFields(
      "codex.features",
      a.options.features,
      OWNED_FEATURES,
      "forge sets this feature itself",
    ),
    ...ownedFields("codex.providerSettings", a.options.providerSettings, OWNED_OF_PROVIDER),
    ...given(a.options.apiKeyVariable, (key) =>
      when(and(isWithout(a, key), not(isEmpty(keys(a.options.providerSettings)))), [
        {
          option: "codex.providerSettings",
          problem: "without an API key codex uses its own provider, which they do not change",
          fix: t`declare secrets.${key}, or set codex.apiKeyVariable = null`,
        },
      ]),
    ),
    ...ownedFields("codex.settings", a.options.settings, OWNED),
  ],

  argv: (a) => [
    ...STRICT,
    // Else a server starts beside the terminal, and outlives it. Up to 0.155 there was none.
    ...when(not(matches("0\\.1([0-4][0-9]|5[0-5])\\..*", a.package.version)), ["--no-daemon"]),
    // All in config.toml too, but a conversation that goes on keeps what it began with.
    "--model",
    a.model,
    ...given(a.effort, (level) => ["--config", t`model_reasoning_effort=${level}`]),
    "--ask-for-approval",
    match(a.options.approval, { ask: "on-request", never: "never" }),
    "--sandbox",
    sandbox(a),
  ],
  env: (a) => ({ CODEX_HOME: t`${a.home}/codex` }),
  files: (a, library) => ({
    "codex/AGENTS.md": { text: a.role },
    "codex/config.toml": {
      toml: {
        ...fields(a.options.settings),
        model: a.model,
        ...given(a.effort, (level) => ({ model_reasoning_effort: level })),
        ...provider(a),
        approval_policy: match(a.options.approval, { ask: "on-request", never: "never" }),
        sandbox_mode: sandbox(a),
        allow_login_shell: false, // it would set another PATH
        check_for_update_on_startup: false,
        analytics: { enabled: false },
        feedback: { enabled: false },
        features: { ...fields(a.options.features), apps: false, plugins: false }, // each fetches a catalogue
        projects: entry(a.workdir, { trust_level: "trusted" }),
        mcp_servers: servers(a, library),
        hooks: hooks(a),
      },
    },
    ...record(
      a.skills,
      (name) => t`codex/skills/${name}`,
      (name) => ({ source: library.skills.at(name).source }),
    ),
  }),
  seed: () => ({}),
  headless: (a) => ({
    prompt: "stdin",
    argv: [a.bin, "exec", ...STRICT, "--skip-git-repo-check", "--json"],
    env: {},
  }),
  acp: (a) =>
    given(
      a.adapter,
      (program) => ({
        argv: [program],
        env: {
          CODEX_PATH: a.bin,
          INITIAL_AGENT_MODE: given(
            a.options.sandbox,
            (mode) =>
              match(mode, {
                "danger-full-access": "agent-full-access",
                "workspace-write": "workspace-write",
                "read-only": "read-only",
              }),
            when(a.confined, "agent-full-access", "workspace-write"),
          ),
        },
      }),
      null,
    ),
  stub: (url) => ({
    model: "stub-model",
    secret: "OPENAI_API_KEY",
    options: { baseUrl: `${url}/v1` },
  }),
});
