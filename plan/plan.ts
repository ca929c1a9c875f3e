import type { DeclaredAgent, Fleet } from "../harnesses/fleet.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Json } from "../schema/json.ts";
import { parse } from "../schema/parse.ts";
import { Plan } from "../schema/plan.ts";
import { Problem } from "../schema/problem.ts";
import type { Harness, Place } from "../schema/recipe/harness.ts";
import { commonPlan, ownPlan } from "./common-plan.ts";
import { factsOf } from "./common-variables.ts";
import { interpret, type Scope } from "./interpret.ts";
import { commonRules, ownRules } from "./rules.ts";

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
  const problems = problemsOf(declared.harness, scope);
  if (problems.length > 0) throw ruleError(declared.name, problems);
  return parse(Plan, planOf(declared.harness, scope), {
    code: "PLAN_INVALID",
    where: `plan of ${declared.name}`,
    fix: "correct the agent's fields that these values come from",
  });
}

/** Plan of an agent, not checked yet, over `agent`, `options`, `place` and `library`. */
export const planOf = (harness: Harness, scope: Scope): Json =>
  interpret(commonPlan(), {
    ...scope,
    harness: toJson(factsOf(harness)),
    own: interpret(ownPlan(harness), scope),
  });

/** What is wrong with an agent, over the same variables. */
export const problemsOf = (harness: Harness, scope: Scope): readonly Problem[] =>
  [
    interpret(commonRules(), { ...scope, harness: toJson(factsOf(harness)) }),
    interpret(ownRules(harness), scope),
  ].flatMap((problems) => Problem.array().parse(problems));

function ruleError(name: string, problems: readonly Problem[]): ForgeError {
  const lines = problems.map(({ option, problem }) => `agents.${name}.${option}: ${problem}`);
  return new ForgeError("AGENT_RULE", lines.join("\n"), {
    fix: problems.map((problem) => problem.fix).join("\n  → "),
  });
}

/** Values that came out of the schemas, as data. */
const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
