import { agentOf } from "../../harnesses/fleet.ts";
import { commonPlan, ownPlan } from "../../plan/common-plan.ts";
import { factsOf } from "../../plan/common-variables.ts";
import { commonRules, ownRules } from "../../plan/rules.ts";
import { Libraries } from "../../schema/library.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { HELPERS, type Node, walk } from "../../schema/recipe/node.ts";
import { fill } from "../template.ts";
import { printExpression } from "./expression.ts";
import { render } from "./layout.ts";
import { optionSet, plain } from "./options.ts";
import { type Binding, binding, call, fn, inherit, set } from "./syntax.ts";

const SUBJECT = ["agent", "library", "options", "place"];
const COMMON = [...SUBJECT, "harness", "own"].toSorted();

/** A harness's NixOS module: its options, its package, and its own part of plans and rules. */
export function harnessModule(harness: Harness): string {
  const constants = {
    bin: harness.package.bin,
    adapterBin: harness.adapter?.bin ?? null,
    loginFolder: harness.login.folder,
    ...factsOf(harness),
  };
  const recipe = set([
    inherit("agentOptions", "plan", "rules"),
    ...Object.entries(constants).map(([key, value]): Binding => [key, plain(value, harness.name)]),
  ]);
  return fill("harness.nix", {
    name: harness.name,
    package: harness.package,
    adapter: harness.adapter,
    ...functions({ plan: ownPlan(harness), rules: ownRules(harness) }, SUBJECT),
    options: binding("agentOptions", optionSet(harness.options, harness.name)),
    recipe: binding("default", call("import ../generated/common.nix", [recipe])),
  });
}

/** What the recipes of all harnesses share. */
export const commonRecipe = (): string =>
  fill("common.nix", functions({ plan: commonPlan(), rules: commonRules() }, COMMON));

/** Trees as Nix functions of `variables`, with the helpers that they call. */
function functions(
  trees: { readonly plan: Node; readonly rules: Node },
  variables: readonly string[],
): object {
  const [plan, rules] = [printExpression(trees.plan), printExpression(trees.rules)];
  const text = [plan, rules].map(({ doc }) => render(doc)).join(" ");
  return {
    helpers: HELPERS.filter((helper) => new RegExp(`(?<![."\\w])${helper}\\s`).test(text)),
    plan: binding("plan", fn(used(trees.plan), variables, plan)),
    rules: binding("rules", fn(used(trees.rules), variables, rules)),
  };
}

function used(tree: Node): ReadonlySet<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    if (node.op === "variable") names.add(node.name);
  });
  return names;
}

/** Option declarations that every agent has. `harness` takes the names of the registry. */
export function agentOptions(harnesses: readonly Harness[]): string {
  return fill("options.nix", {
    source: "schema/agent.ts and harnesses/registry.ts",
    options: optionSet(agentOf(harnesses), "agents.<name>").doc,
  });
}

export const libraryOptions = (): string =>
  fill("options.nix", { source: "schema/library.ts", options: optionSet(Libraries, "forge").doc });

export const harnessImports = (harnesses: readonly Harness[]): string =>
  fill("imports.nix", { harnesses });
