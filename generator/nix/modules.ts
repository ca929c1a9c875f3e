import { agentOf } from "../../harnesses/fleet.ts";
import { Libraries } from "../../schema/library.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { HELPERS, type Node, walk } from "../../schema/recipe/node.ts";
import { planTree } from "../plan-tree.ts";
import { ruleTree } from "../rules.ts";
import { fill } from "../template.ts";
import { printExpression } from "./expression.ts";
import { render } from "./layout.ts";
import { optionSet, plain } from "./options.ts";
import { binding, fn, inherit, set } from "./syntax.ts";

const VARIABLES = ["agent", "library", "options", "place"];

/** A harness's NixOS module: its options, its package, and the functions from agent to plan and problems. */
export function harnessModule(harness: Harness): string {
  const [plan, rules] = [planTree(harness), ruleTree(harness)];
  const printed = [plan, rules].map((tree) => ({ tree, term: printExpression(tree) }));
  const [planTerm, rulesTerm] = printed.map(({ tree, term }) => fn(used(tree), VARIABLES, term));
  const text = printed.map(({ term }) => render(term.doc)).join(" ");
  return fill("harness.nix", {
    name: harness.name,
    package: harness.package,
    helpers: HELPERS.filter((helper) => new RegExp(`(?<![."\\w])${helper} `).test(text)),
    plan: planTerm && binding("plan", planTerm),
    rules: rulesTerm && binding("rules", rulesTerm),
    adapter: harness.adapter,
    options: binding("agentOptions", optionSet(harness.options, harness.name)),
    recipe: binding(
      "default",
      set([
        inherit("agentOptions", "plan", "rules"),
        ["bin", plain(harness.package.bin, harness.name)],
        ["adapterBin", plain(harness.adapter?.bin ?? null, harness.name)],
        ["hardening", plain(harness.hardening, harness.name)],
        ["loginFolder", plain(harness.login.folder, harness.name)],
        ["terminal", plain(harness.terminal, harness.name)],
      ]),
    ),
  });
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
