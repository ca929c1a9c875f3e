import type { Owned } from "../../schema/recipe/index.ts";

/** Fields of opencode.json that forge writes. */
export const OWNED: Owned = {
  autoupdate: { needed: "so that the version stays the declared one" },
  enabled_providers: ["opencode.provider"],
  instructions: ["opencode.workspaceConfig", "role"],
  mcp: ["mcpServers"],
  model: ["model", "opencode.provider"],
  permission: ["opencode.permission", "opencode.permissionMode"],
  plugin: ["plugins"],
  provider: [
    "opencode.provider",
    "opencode.baseUrl",
    "opencode.api",
    "opencode.apiKeyVariable",
    "opencode.modelSettings",
  ],
  share: { needed: "so that no conversation is published" },
  shell: { needed: "so that tools run in the agent's shell" },
  skills: ["skills"],
};
