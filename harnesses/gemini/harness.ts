import { GOES_ON, SESSION } from "../../schema/plan.ts";
import {
  and,
  defineHarness,
  fields,
  filledIn,
  given,
  is,
  isGiven,
  match,
  ownedFields,
  record,
  strangeEntries,
  type Text,
  t,
  toolTimeout,
  when,
  withoutStartupTimeout,
  withoutUnderscores,
} from "../../schema/recipe/index.ts";
import { type Agent, options } from "./options.ts";
import { OWNED } from "./owned.ts";
import { COMMANDS, tools } from "./permissions.ts";
import { sessions } from "./session.ts";
import { hooks, policy, sections, thinking } from "./settings.ts";

const TOO_HIGH = [
  { option: "effort", problem: "Gemini's highest level is high", fix: 'set effort = "high"' },
];

/** As Gemini CLI fills it in, in every text of settings.json. */
const variable = (name: Text) => t`$\{${name}}`;

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

export const gemini = defineHarness({
  name: "gemini",
  package: {
    nixpkgs: "gemini-cli",
    npm: "@google/gemini-cli",
    bin: "gemini",
    licence: "Apache-2.0",
    unfree: false,
  },
  tested: "0.61.0",
  first: { model: "gemini-2.5-pro", secret: "GEMINI_API_KEY" },
  adapter: null,
  options,

  // The title says Ready in dialogs too, and the first frame has a composer that a dialog may still cover. Only
  // then come the counts, of context files first (GEMINI.md is always there): both together mean ready.
  terminal: {
    ready: { screen: "[0-9]+ [^ ]+ files?.*\\n\\n [>*] +Type your message" },
    // Until it has loaded a conversation that goes on, it looks ready and drops what is typed.
    busy: { screen: `^ [^ >*]+ .*\\(esc to cancel, [0-9]|^${GOES_ON}$` },
    login: {
      screen:
        "^│ +(Enter Gemini API Key|How would you like to authenticate)|^Enter the authorization code",
    },
    // A question in its box, or else the choice that is marked there, but for that of a usage limit. Of start
    // dialogs the title says Ready.
    dialog: {
      screen:
        '^ ?│ (Do you trust |New Agents Discovered|Allow execution of |Apply this change[?]|Do you want to (proceed|connect|allow)|Model ".*" (was not found|is not available)|It seems like you don.t have access|[?]  A potential loop was detected)|^ ?│ +● [0-9]+[.] (Allow|Yes|No|Don.t|Trust|Acknowledge|Accept|Apply|Review)',
    },
    rateLimited: { screen: "^│ +(Usage limit reached|We are currently experiencing high demand)" },
    refused: null,
    clear: ["C-c"],
    quit: "/quit",
    submitDelay: 300, // at 150, one Enter in ten became a line break on a busy machine
  },
  failure: {
    screen:
      '^│ (Model ".*" (was not found|is not available)|It seems like you don.t have access)|^✕ \\[API Error',
  },
  composer: { screen: "^ [>*] {3}Type your message or @path/to/file" },
  interrupt: ["\u001b"],
  sessions,
  library: { skillFields: ["name", "description"], pluginFiles: ["gemini-extension.json"] },
  trust: null,
  login: { folder: ".gemini", file: "oauth_creds.json", as: ".gemini/oauth_creds.json" },
  databases: [],
  assets: [],
  resume: ["--resume", SESSION],

  rules: (a, library) => [
    ...withoutUnderscores(a.mcpServers),
    ...withoutStartupTimeout(
      a.mcpServers,
      library,
      "set toolTimeoutSec, which limits the start in gemini too",
    ),
    ...strangeEntries("permissions.allow", a.permissions.allow, tools(a, [])),
    ...strangeEntries("permissions.ask", a.permissions.ask, tools(a, ["[*]", "mcp_[*]"])),
    ...strangeEntries("permissions.deny", a.permissions.deny, tools(a, ["[*]", "mcp_[*]"])),
    ...strangeEntries("gemini.allowCommands", a.options.allowCommands, COMMANDS),
    ...strangeEntries("gemini.denyCommands", a.options.denyCommands, COMMANDS),
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
    ...ownedFields("gemini.settings", a.options.settings, OWNED),
  ],

  argv: (a) => session(a),
  env: (a) => ({
    GEMINI_CLI_NO_RELAUNCH: "true",
    GEMINI_CLI_TRUST_WORKSPACE: "true", // the workspace's own settings could ask for the question again
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
        ...sections(a, {
          modelConfigs: given(a.effort, thinking, {}),
          security: {
            auth: {
              selectedType: match(a.options.login, {
                apiKey: "gemini-api-key",
                google: "oauth-personal",
                vertex: "vertex-ai",
              }),
            },
          },
        }),
        hooks: hooks(a),
        mcpServers: record(
          a.mcpServers,
          (name) => name,
          (name) =>
            match(library.mcpServers.at(name), {
              stdio: ({ command, args, env, toolTimeoutSec }) => ({
                ...{ command, args, env: filledIn(env, variable) },
                ...toolTimeout(toolTimeoutSec),
              }),
              http: ({ url, headers, toolTimeoutSec }) => ({
                ...{ httpUrl: url, headers: filledIn(headers, variable) },
                ...toolTimeout(toolTimeoutSec),
              }),
              sse: ({ url, headers, toolTimeoutSec }) => ({
                ...{ type: "sse", url, headers: filledIn(headers, variable) },
                ...toolTimeout(toolTimeoutSec),
              }),
            }),
        ),
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
  stub: (baseUrl) => ({
    model: "gemini-2.5-flash",
    secret: "GEMINI_API_KEY",
    options: { baseUrl },
  }),
});
