import type { Owned } from "../../schema/recipe/index.ts";

/** Fields of settings.json that forge sets, there or on the command line. */
export const OWNED: Owned = {
  defaultModel: ["model"],
  defaultProjectTrust: { needed: "so that pi starts without a question" },
  defaultProvider: ["pi.provider"],
  defaultThinkingLevel: ["effort"],
  shellPath: { needed: "so that tools run in the agent's shell" },
  skills: ["skills"],
};

/** Fields of a model in models.json. */
export const OWNED_OF_MODEL: Owned = {
  id: ["model"],
  reasoning: ["effort"],
};
