import type { Activity } from "../../../schema/activity-record.ts";

/**
 * What each screen beside this file means before the first prompt: the state, and the line that asks, without its
 * frame; null where nothing is known. Captured from the harnesses of tests/harnesses/package.json at 120x40 (folders
 * and drawings are made plain); the first line of a file is the title.
 */
export const SCREENS: {
  readonly [harness: string]: {
    readonly [screen: string]: readonly [state: Activity, asks?: string] | null;
  };
} = {
  "claude-code": {
    "api-key": ["waiting-permission", "Do you want to use this API key?"],
    busy: null,
    bypass: ["waiting-permission", "WARNING: Claude Code running in Bypass Permissions mode"],
    "config-error": ["waiting-permission", "Configuration error"],
    imports: ["waiting-permission", "Allow external CLAUDE.md file imports?"],
    "login-select": ["waiting-login", "Select login method:"],
    "may-bash": ["waiting-permission", "Do you want to proceed?"],
    "may-fetch": ["waiting-permission", "Do you want to allow Claude to fetch this content?"],
    "may-plan": ["waiting-permission", "Exit plan mode?"],
    "may-question": ["waiting-permission", "Enter to select · ↑/↓ to navigate · Esc to cancel"],
    "may-write": ["waiting-permission", "Do you want to create a.txt?"],
    "mcp-server": ["waiting-permission", "New MCP server found in this project: evil"],
    "mcp-servers": ["waiting-permission", "2 new MCP servers found in this project"],
    "not-logged-in-asked": ["waiting-login", "Not logged in · run /login"],
    ready: ["ready"],
    "settings-error": ["waiting-permission", "Settings Error"],
    theme: ["waiting-permission", "Choose the text style that looks best with your terminal"],
    "trust-settings": [
      "waiting-permission",
      "Quick safety check: Is this a project you created or one you trust? (Like your own code, a well-known open source",
    ],
    trust: [
      "waiting-permission",
      "Quick safety check: Is this a project you created or one you trust? (Like your own code, a well-known open source",
    ],
  },
  codex: {
    busy: null,
    hooks: ["waiting-permission", "Hooks need review"],
    "login-another-way": ["waiting-login", "Sign in another way"],
    "login-device": ["waiting-login", "Preparing device code login"],
    login: ["waiting-login", "Choose how you want to use Codex."],
    "may-exec": ["waiting-permission", "Would you like to run the following command?"],
    ready: ["ready"],
    trust: [
      "waiting-permission",
      "Trust this folder? Codex can read, edit, and run files here, subject to your permission settings. Folder settings",
    ],
    update: ["waiting-permission", "Update available · 0.169.0 → 9.9.9"],
  },
  gemini: {
    agents: ["waiting-permission", "New Agents Discovered"],
    "api-key": ["waiting-login", "Enter Gemini API Key"],
    auth: ["waiting-login", "How would you like to authenticate for this project?"],
    busy: null,
    google: ["waiting-login", "Enter the authorization code:"],
    loop: ["waiting-permission", "?  A potential loop was detected"],
    "model-not-found": [
      "waiting-permission",
      'Model "gemini-2.5-flash" was not found or is invalid.',
    ],
    "may-shell": ["waiting-permission", "Allow execution of [Shell]?"],
    "may-write": ["waiting-permission", "Apply this change?"],
    "ready-bypass": ["ready"],
    ready: ["ready"],
    "trust-first": ["waiting-permission", "Do you trust the files in this folder?"],
    trust: ["waiting-permission", "Do you trust the files in this folder?"],
    "usage-limit": null,
    vertex: ["waiting-login", "How would you like to authenticate for this project?"],
  },
  opencode: {
    busy: null,
    "connect-key": ["waiting-login", "API key                                              esc"],
    connect: ["waiting-login", "Connect a provider                               esc"],
    "may-bash": ["waiting-permission", "△ Permission required"],
    "may-question": ["waiting-permission", "↑↓ select  enter submit  esc dismiss"],
    "no-key": ["waiting-login", "Connect a provider                               esc"],
    ready: ["ready"],
  },
  pi: {
    busy: null,
    "login-menu": ["waiting-login", "Select authentication method:"],
    "login-provider": ["waiting-login", "Select provider to configure:"],
    "missing-cwd": ["waiting-permission", "cwd from session file does not exist"],
    "no-models": [
      "waiting-login",
      "Warning: No models available. Use /login to log into a provider via OAuth or API key. See:",
    ],
    "ready-untrusted": ["ready"],
    ready: ["ready"],
    trust: ["waiting-permission", "Trust project folder?"],
  },
};
