import type { Harness } from "../schema/recipe/harness.ts";
import { agentJsonSchema, errorDocs, openApi } from "./docs.ts";
import {
  agentOptions,
  commonRecipe,
  harnessImports,
  harnessModule,
  libraryOptions,
} from "./nix/modules.ts";
import { optionDocs } from "./option-docs.ts";
import { planBuilderSources } from "./plan-builder.ts";
import { lintRecipe } from "./recipe-lint.ts";
import { runtimeHeader, runtimeNix } from "./runtime.ts";

/** A generated file: path relative to the root, and its whole text. */
export interface Output {
  readonly path: string;
  readonly content: string;
}

/** Folders in which every file is generated; anything else in them is a leftover. */
export const GENERATED_FOLDERS = ["modules/generated", "modules/harnesses"] as const;

/** Everything that is generated from the schemas and recipes, as data. Deterministic; nothing is written. */
export function outputsOf(root: string, harnesses: readonly Harness[]): readonly Output[] {
  for (const { name } of harnesses) lintRecipe(root, `harnesses/${name}/harness.ts`);
  const output = (path: string, content: string): Output => ({ path, content });
  return [
    output("docs/agent.schema.json", agentJsonSchema(harnesses)),
    output("docs/errors.md", errorDocs()),
    output("docs/openapi.json", openApi()),
    output("docs/options.md", optionDocs(root, harnesses)),
    output("nix/plan-builder.json", planBuilderSources(root)),
    output("modules/generated/agent.nix", agentOptions(harnesses)),
    output("modules/generated/common.nix", commonRecipe()),
    output("modules/generated/default.nix", harnessImports(harnesses)),
    output("modules/generated/libraries.nix", libraryOptions()),
    output("modules/generated/runtime.nix", runtimeNix()),
    output("runtime/terminal/runtime.h", runtimeHeader()),
    ...harnesses.map((harness) =>
      output(`modules/harnesses/${harness.name}.nix`, harnessModule(harness)),
    ),
  ];
}
