import type { Owned } from "../../schema/recipe/index.ts";

const QUIET = { needed: "so that codex asks for nothing but its model provider" };

/** Fields of config.toml that forge writes. */
export const OWNED: Owned = {
  allow_login_shell: { needed: "because a login shell would set another PATH" },
  analytics: QUIET,
  approval_policy: ["codex.approval"],
  check_for_update_on_startup: QUIET,
  features: ["codex.features"],
  feedback: QUIET,
  hooks: ["codex.hooks"],
  mcp_servers: ["mcpServers"],
  model: ["model"],
  model_provider: ["codex.baseUrl", "codex.apiKeyVariable"],
  model_providers: ["codex.baseUrl", "codex.apiKeyVariable", "codex.providerSettings"],
  model_reasoning_effort: ["effort"],
  openai_base_url: ["codex.baseUrl"],
  projects: { needed: "so that codex does not ask at its start whether to trust the workspace" },
  sandbox_mode: ["codex.sandbox"],
};

export const OWNED_OF_PROVIDER: Owned = {
  base_url: ["codex.baseUrl"],
  env_key: ["codex.apiKeyVariable"],
  name: { needed: "to select the provider" },
  wire_api: { needed: "because codex.baseUrl is for the Responses API only" },
};

export const OWNED_FEATURES: Owned = {
  apps: { needed: "off: it fetches a catalogue" },
  hooks: { needed: "on, to learn the agent's state" },
  plugins: { needed: "off: it fetches a catalogue" },
};
