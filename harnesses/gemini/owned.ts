import type { Owned } from "../../schema/recipe/index.ts";

const STATE = { needed: "to learn the agent's state" };
const SAME_VERSION = { needed: "so that the version stays the declared one" };

/** Fields of settings.json that forge sets, there or on the command line. */
export const OWNED: Owned = {
  advanced: {
    section: { ignoreLocalEnv: { needed: "so that no .env of the workspace changes the agent" } },
  },
  context: { section: { importFormat: { needed: "so that an @name in the role stays text" } } },
  general: {
    section: {
      defaultApprovalMode: ["gemini.permissionMode"],
      enableAutoUpdate: SAME_VERSION,
      enableAutoUpdateNotification: SAME_VERSION,
    },
  },
  hooks: STATE,
  hooksConfig: { section: { disabled: STATE, enabled: STATE } },
  mcpServers: ["mcpServers"],
  model: { section: { name: ["model"] } },
  modelConfigs: { section: { customAliases: ["effort"] } },
  privacy: {
    section: {
      usageStatisticsEnabled: { needed: "so that Gemini CLI asks for nothing but its provider" },
    },
  },
  security: { section: { auth: ["gemini.login"] } },
  ui: {
    section: {
      dynamicWindowTitle: STATE,
      errorVerbosity: { needed: "so that no question waits after an error" },
      hideContextSummary: STATE,
      hideWindowTitle: STATE,
    },
  },
};
