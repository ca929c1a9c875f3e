import * as z from "zod";
import { Freeform, VariableName } from "../../schema/names.ts";
import { SESSION } from "../../schema/plan.ts";
import type { Library, Subject } from "../../schema/recipe/harness.ts";
import {
  and,
  defineHarness,
  each,
  entry,
  fields,
  given,
  isEmpty,
  isGiven,
  join,
  keys,
  not,
  ownedFields,
  strangeEntries,
  t,
  when,
} from "../../schema/recipe/index.ts";
import { OWNED, OWNED_OF_MODEL } from "./owned.ts";
import { sessions } from "./session.ts";

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
        "URL of the model provider. For OpenAI's API it ends in `/v1`, for Anthropic's it does not. null uses the built-in one.",
      examples: ["http://127.0.0.1:8080"],
    }),
  api: z
    .enum(["anthropic-messages", "openai-completions", "openai-responses", "google-generative-ai"])
    .default("anthropic-messages")
    .meta({ description: "API of the model provider at `baseUrl`." }),
  apiKeyVariable: VariableName.nullable().default("ANTHROPIC_API_KEY").meta({
    description:
      "Name of the environment variable, from `secrets`, `environment` or `environmentFiles`, that holds the API key. null is for a provider that needs none, such as a model on the same machine. It has an effect only if `baseUrl` is set.",
  }),
  modelSettings: Freeform.default({}).meta({
    description:
      "Fields of the model in pi's {file}`models.json`, such as `contextWindow`, `maxTokens` and `compat`. Only together with `baseUrl`. forge refuses a field that it writes itself.",
    examples: [{ contextWindow: 32768, maxTokens: 8192 }],
  }),
  tools: z
    .array(z.string())
    .default([])
    .meta({
      description: "Tools that pi offers to the model. An empty list uses pi's default.",
      examples: [["read", "grep", "find", "ls"]],
    }),
  settings: Freeform.default({}).meta({
    description:
      "Further fields of pi's {file}`settings.json`. forge refuses a field that it writes itself.",
    examples: [{ theme: "light" }],
  }),
});

const TOOLS = ["bash", "edit", "find", "grep", "ls", "read", "write"];

/** What every command line has, on a terminal or not. */
const session = (a: Subject<typeof options>, library: Library) => [
  "--provider",
  a.options.provider,
  "--model",
  a.model,
  ...given(a.effort, (level) => ["--thinking", level]),
  "--no-skills",
  ...each(a.skills, (name) => ["--skill", library.skills.at(name).source]),
  ...when(not(isEmpty(a.options.tools)), ["--tools", join(",", a.options.tools)]),
  ...when(not(isEmpty(a.permissions.deny)), ["--exclude-tools", join(",", a.permissions.deny)]),
  "--no-approve",
  "--extension",
  t`${a.assets}/status.js`,
];

export const pi = defineHarness({
  name: "pi",
  package: {
    nixpkgs: "pi-coding-agent",
    npm: "@earendil-works/pi-coding-agent",
    bin: "pi",
    licence: "MIT",
    unfree: false,
  },
  tested: "0.87.1",
  first: { model: "claude-sonnet-5", secret: "ANTHROPIC_API_KEY" },
  options,

  // The footer shows before pi takes input; the title does not. The launcher clears a title left by a former run.
  terminal: {
    ready: { title: "^π - " },
    busy: { screen: "^── \\S (Working|Retrying)" },
    login: {
      screen:
        "^ *(Warning: )?No models available|^ (Select authentication method|Select provider to configure|Login to .*)|^ *Complete login in your browser",
    },
    dialog: {
      screen:
        "^ (Trust project folder[?]|cwd from session file does not exist)|^ *↑↓ navigate  enter select",
    },
    rateLimited: { screen: "^── \\S Retrying" },
    refused: null,
    clear: ["C-c", "C-c"],
    quit: "/quit",
    submitDelay: 20,
  },
  failure: {
    screen: "^ Error: ([0-9]{3} |Connection error|Request timed out|Retry failed after )",
  },
  adapter: null,
  composer: { screen: "^─{20,}$\\n^$\\n^─{20,}$" },
  interrupt: ["\u001b"],
  sessions,
  library: { skillFields: ["description"], pluginFiles: [] },
  trust: null,
  login: { folder: ".pi/agent", file: "auth.json", as: "pi/auth.json" },
  databases: [],
  assets: ["status.js"],
  resume: ["--session", SESSION],

  rules: (a) => [
    ...strangeEntries("permissions.deny", a.permissions.deny, {
      tools: TOOLS,
      form: "pi denies whole tools, by their names",
    }),
    ...when(and(not(isGiven(a.options.baseUrl)), not(isEmpty(keys(a.options.modelSettings)))), [
      {
        option: "pi.modelSettings",
        problem: "it has no effect on a model of pi's own providers",
        fix: "set pi.baseUrl too, or take it out",
      },
    ]),
    ...ownedFields("pi.modelSettings", a.options.modelSettings, OWNED_OF_MODEL),
    ...ownedFields("pi.settings", a.options.settings, OWNED),
  ],

  argv: session,
  env: (a) => ({
    PI_CODING_AGENT_DIR: t`${a.home}/pi`,
    PI_OFFLINE: "1",
    PI_SKIP_VERSION_CHECK: "1",
    PI_TELEMETRY: "0",
  }),
  files: (a) => ({
    "pi/APPEND_SYSTEM.md": { text: a.role },
    "pi/settings.json": {
      json: {
        enableInstallTelemetry: false,
        quietStartup: true,
        ...fields(a.options.settings),
        defaultProjectTrust: "never",
        shellPath: a.shell,
      },
    },
    ...given(a.options.baseUrl, (baseUrl) => ({
      "pi/models.json": {
        json: {
          providers: entry(a.options.provider, {
            baseUrl,
            api: a.options.api,
            apiKey: given(a.options.apiKeyVariable, (name) => t`$${name}`, "none"), // pi wants one
            models: [
              { ...fields(a.options.modelSettings), id: a.model, reasoning: isGiven(a.effort) },
            ],
          }),
        },
      },
    })),
  }),
  // Cut in half by a crash, it would hide every key. A person's own is a link.
  seed: (a) => when(not(isGiven(a.person)), { "pi/auth.json": {} }),
  headless: (a, library) => ({
    prompt: "rpc",
    argv: [a.bin, ...session(a, library), "--mode", "rpc"],
    env: {},
  }),
  acp: () => null,
  stub: (baseUrl) => ({
    model: "stub-model",
    secret: "STUB_KEY",
    options: { provider: "stub", baseUrl, apiKeyVariable: "STUB_KEY" },
  }),
});
