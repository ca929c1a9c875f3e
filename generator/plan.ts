import type { DeclaredAgent, Fleet } from "../harnesses/fleet.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Json } from "../schema/json.ts";
import { parse } from "../schema/parse.ts";
import { Plan } from "../schema/plan.ts";
import type { Harness, Place } from "../schema/recipe/harness.ts";
import { Problem } from "../schema/rules.ts";
import { interpret, type Scope } from "./interpret.ts";
import { planTree } from "./plan-tree.ts";
import { ruleTree } from "./rules.ts";

interface Subject {
  readonly declared: DeclaredAgent;
  readonly fleet: Fleet;
  readonly place: Place;
}

/**
 * The plan of one agent, the same that the generated Nix gives for it.
 * Throws AGENT_RULE with every rule that the agent breaks.
 */
export function planFor({ declared, fleet, place }: Subject): Plan {
  const scope = {
    agent: toJson(declared.agent),
    options: toJson(declared.options),
    place: toJson(place),
    library: toJson(fleet.libraries),
  };
  const problems = broken(declared.harness, scope);
  if (problems.length > 0) throw ruleError(declared.name, problems);
  return parse(Plan, interpret(planTree(declared.harness), scope), {
    code: "PLAN_INVALID",
    where: `plan of ${declared.name}`,
    fix: "correct the agent's fields that these values come from",
  });
}

function broken(harness: Harness, scope: Scope): readonly Problem[] {
  return Problem.array().parse(interpret(ruleTree(harness), scope));
}

function ruleError(name: string, problems: readonly Problem[]): ForgeError {
  const lines = problems.map(({ option, problem }) => `agents.${name}.${option}: ${problem}`);
  return new ForgeError("AGENT_RULE", lines.join("\n"), {
    fix: problems.map((problem) => problem.fix).join("\n  → "),
  });
}

/** Values that came out of the schemas, as data. */
const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
