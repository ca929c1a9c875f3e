/** What a harness of one's own imports from `@forge-agents/forge/recipe`. */
export * as z from "zod";
export { ExternalPath, Folder, Freeform, SourcePath, VariableName } from "../schema/names.ts";
export { SESSION } from "../schema/plan.ts";
export type { Library, Recipe, Subject } from "../schema/recipe/harness.ts";
export * from "../schema/recipe/index.ts";
