import type { Owned } from "../../schema/recipe/index.ts";

/** Fields of settings.json that forge sets, there or on the command line. */
export const OWNED: Owned = {
  disableAllHooks: { needed: "to learn the agent's state" },
  effortLevel: ["effort"],
  enableAllProjectMcpServers: ["claude-code.workspaceConfig"],
  hooks: ["claude-code.hooks"],
  model: ["model"],
  permissions: {
    section: {
      additionalDirectories: ["claude-code.additionalDirectories"],
      allow: ["permissions.allow"],
      ask: ["permissions.ask"],
      defaultMode: ["claude-code.permissionMode"],
      deny: ["permissions.deny"],
    },
    rest: ["permissions.allow", "permissions.deny", "claude-code.permissionMode"],
  },
  skipDangerousModePermissionPrompt: { needed: "so that no question waits at the start" },
};
