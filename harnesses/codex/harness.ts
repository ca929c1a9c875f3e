import * as z from "zod";
import { Freeform } from "../../schema/names.ts";
import { SESSION } from "../../schema/plan.ts";
import {
  and,
  defineHarness,
  each,
  entry,
  fields,
  given,
  match,
  matches,
  not,
  record,
  t,
  when,
} from "../../schema/recipe/index.ts";

/** What codex tells by its hooks; `-` keeps the state. An error ends a turn without any: then the ready sign tells. */
const HOOKS = {
  SessionStart: "-",
  UserPromptSubmit: "busy",
  PreToolUse: "busy",
  PermissionRequest: "waiting-permission",
  PostToolUse: "busy",
  Interrupt: "ready",
  Stop: "ready",
  SessionEnd: "exited",
} as const;

export const codex = defineHarness({
  name: "codex",
  package: {
    nixpkgs: "codex",
    npm: "@openai/codex",
    bin: "codex",
    licence: "Apache-2.0",
    unfree: false,
  },
  options: z.strictObject({
    approval: z.enum(["ask", "never"]).default("ask").meta({
      description:
        "Whether a person is asked where codex wants consent: for tools of MCP servers, for commands that it holds dangerous such as `rm -rf`, and to leave its sandbox. With `never` the tools run, and the rest is refused.",
    }),
    sandbox: z
      .enum(["danger-full-access", "workspace-write", "read-only"])
      .default("danger-full-access")
      .meta({
        description:
          "codex's own sandbox around commands. The agent's unit is a sandbox already, and forbids the namespaces that the other two need: they are for `forge up`.",
      }),
    apiKeyVariable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "expected the name of an environment variable" })
      .default("OPENAI_API_KEY")
      .meta({
        description:
          "Variable of `secrets` or `environment` that holds the provider's key. An agent without it uses codex's own login, and waits for a person until there is one.",
      }),
    baseUrl: z
      .string()
      .nullable()
      .default(null)
      .meta({
        description:
          "Address of a provider that speaks OpenAI's Responses protocol; null means OpenAI's.",
        examples: ["http://127.0.0.1:8080/v1"],
      }),
    settings: Freeform.default({}).meta({
      description:
        "Further fields of codex's {file}`config.toml`; codex refuses those it does not know.",
      examples: [{ model_verbosity: "low" }],
    }),
  }),

  // The line below the composer: absent in every dialog and in the first frame, which a dialog may follow.
  terminal: {
    ready: { screen: "^  \\S.* · [~/]" },
    busy: { title: "^[\\u2800-\\u28ff] " },
    login: { screen: "^[> ] 1\\. Sign in with ChatGPT" },
    permission: { title: "^\\[ . \\] Action Required" },
    rateLimited: { screen: "^■ .*(429 Too Many Requests|usage limit)" },
    clear: ["Space", "C-c"], // C-c alone leaves when the composer is empty
    quit: "/quit",
    submitDelay: 20,
  },
  adapter: {
    nixpkgs: "codex-acp",
    npm: "@agentclientprotocol/codex-acp",
    bin: "codex-acp",
    licence: "Apache-2.0",
    unfree: false,
  },
  hardening: { jit: false },
  assets: [],
  resume: ["resume", SESSION],

  rules: (a) => [
    ...each(
      [
        "analytics",
        "approval_policy",
        "check_for_update_on_startup",
        "features",
        "feedback",
        "hooks",
        "mcp_servers",
        "model",
        "model_provider",
        "model_providers",
        "model_reasoning_effort",
        "openai_base_url",
        "projects",
        "sandbox_mode",
      ],
      (key) =>
        when(a.options.settings.has(key), [
          {
            option: t`codex.settings.${key}`,
            problem: "forge writes this field itself",
            fix: "use model, effort, mcpServers and the other options of codex",
          },
        ]),
    ),
  ],

  argv: (a) => [
    "--strict-config",
    // Without it a server starts beside the terminal and outlives it. 0.155 and before had none.
    ...when(not(matches("0\\.1([0-4][0-9]|5[0-5])\\..*", a.package.version)), ["--no-daemon"]),
    "--dangerously-bypass-hook-trust", // or the hooks below wait in a dialog for a person
  ],
  env: (a) => ({ CODEX_HOME: t`${a.home}/codex` }),
  files: (a, library) => {
    const key = a.options.apiKeyVariable;
    const hasKey = not(and(not(a.secrets.has(key)), not(a.environment.has(key))));
    return {
      "codex/AGENTS.md": { text: a.role },
      ...record(
        a.skills,
        (name) => t`codex/skills/${name}`,
        (name) => ({ source: library.skills.at(name).source }),
      ),
      "codex/config.toml": {
        toml: {
          ...fields(a.options.settings),
          model: a.model,
          ...given(a.effort, (level) => ({ model_reasoning_effort: level })),
          approval_policy: match(a.options.approval, { ask: "on-request", never: "never" }),
          sandbox_mode: a.options.sandbox,
          check_for_update_on_startup: false,
          analytics: { enabled: false },
          feedback: { enabled: false },
          features: { apps: false, plugins: false }, // each fetches a catalogue at start
          projects: entry(a.workdir, { trust_level: "trusted" }),
          ...when(
            hasKey,
            {
              model_provider: "forge",
              model_providers: {
                forge: {
                  name: "forge",
                  base_url: given(a.options.baseUrl, (url) => url, "https://api.openai.com/v1"),
                  env_key: key,
                  wire_api: "responses",
                },
              },
            },
            given(a.options.baseUrl, (url) => ({ openai_base_url: url }), {}),
          ),
          mcp_servers: {
            codex_tui: { command: a.bin, enabled: false }, // codex's own, by which the model would open further conversations
            ...record(
              a.mcpServers,
              (name) => name,
              (name) =>
                match(library.mcpServers.at(name), {
                  stdio: (server) => ({
                    command: server.command,
                    args: server.args,
                    env: server.env,
                  }),
                  http: (server) => ({ url: server.url, http_headers: server.headers }),
                }),
            ),
          },
          hooks: Object.fromEntries(
            Object.entries(HOOKS).map(([event, state]) => [
              event,
              [{ hooks: [{ type: "command", command: t`${a.signal} ${state} ${event}` }] }],
            ]),
          ),
        },
      },
    };
  },
  seed: () => ({}),
  headless: (a) => ({
    prompt: "stdin",
    argv: [
      a.bin,
      "exec",
      "--strict-config",
      "--dangerously-bypass-hook-trust",
      "--skip-git-repo-check",
      "--json",
    ],
    env: {},
  }),
  acp: (a) =>
    given(
      a.adapter,
      (program) => ({
        argv: [program],
        env: {
          CODEX_PATH: a.bin,
          INITIAL_AGENT_MODE: match(a.options.sandbox, {
            "danger-full-access": "agent-full-access",
            "workspace-write": "workspace-write",
            "read-only": "read-only",
          }),
        },
      }),
      null,
    ),
});
