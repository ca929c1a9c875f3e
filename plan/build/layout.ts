import { dirname, posix } from "node:path";
import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";
import type { Json } from "../../schema/json.ts";
import { VariableName } from "../../schema/names.ts";
import { OF_THE_SHELL, type Plan } from "../../schema/plan.ts";

/** What goes where below the state directory, by path. */
export interface Layout {
  readonly files: readonly string[];
  readonly seeds: readonly string[];
  /** Parents come before what is in them. */
  readonly directories: readonly string[];
}

/** Throws PLAN_INVALID for what the fields of a plan, each right by itself, cannot be together. */
export function layoutOf(plan: Plan): Layout {
  const problems = [
    ...pathProblems(plan),
    ...credentialProblems(plan),
    ...Object.entries(plan.seed).flatMap(([path, seed]) =>
      tailProblems(plan, seed, `seed.${path}`),
    ),
    ...Object.entries(plan.files).flatMap(([path, file]) =>
      "toml" in file ? tomlProblems(file.toml, `files.${path}`) : [],
    ),
  ];
  if (problems.length > 0) throw invalid(plan, problems, "correct the declaration it comes from");
  const inside = workdirInside(plan);
  const keyed = [plan.files, plan.seed, plan.links].flatMap((of) => Object.keys(of));
  const paths = [...keyed, ...plan.databases];
  const directories = new Set(paths.flatMap(parentsOf));
  if (inside !== undefined)
    for (const path of [...parentsOf(inside), inside]) directories.add(path);
  const clash = paths.find((path, i) => directories.has(path) || paths.indexOf(path) !== i);
  if (clash !== undefined) {
    const problem = `${clash} is declared twice, or is also a directory`;
    throw invalid(plan, [problem], "give each file a path of its own");
  }
  return {
    files: Object.keys(plan.files).sort(),
    seeds: Object.keys(plan.seed).sort(),
    directories: [...directories].sort(),
  };
}

const invalid = ({ agent }: Plan, problems: readonly string[], fix: string): ForgeError =>
  new ForgeError(
    "PLAN_INVALID",
    problems.map((problem) => `plan of ${agent}: ${problem}`).join("\n"),
    { fix },
  );

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [...parentsOf(parent), parent];
}

/** Where the working directory lies below the state directory, or undefined. */
const workdirInside = ({ home, workdir }: Plan): string | undefined =>
  workdir.startsWith(`${home}/`) ? workdir.slice(home.length + 1) : undefined;

function pathProblems(plan: Plan): readonly string[] {
  const problems = (["home", "workdir"] as const)
    .map((field) => ({ field, path: plan[field] }))
    .filter(({ path }) => path.endsWith("/") || posix.normalize(path) !== path)
    .map(({ field, path }) => `${field}: expected no ., .. or needless /, got "${path}"`);
  if (/^\.forge(\/|$)/.test(workdirInside(plan) ?? ""))
    problems.push("workdir: .forge is the launcher's own");
  // The launcher ends in env, which would take it for a variable.
  if (plan.argv[0].includes("=")) problems.push(`argv.0: expected no =, got "${plan.argv[0]}"`);
  return problems;
}

/** The launcher has variables of its own with _ first, and these would change how it works. */
const OF_THE_LAUNCHER = "_.*|FUNCNEST|LC_.*|LD_.*|PATH|PIPESTATUS|POSIXLY_CORRECT";
const NOT_EXPORTABLE = new RegExp(`^(${OF_THE_LAUNCHER})$`);

/** Names that no variable of an environment file can have, as bash reads it. */
export const REFUSED_VARIABLES = `^(${OF_THE_LAUNCHER}|${OF_THE_SHELL})$`;

const credentialProblems = (plan: Plan): readonly string[] =>
  Object.keys(plan.credentials).flatMap((name) => [
    ...(NOT_EXPORTABLE.test(name) ? [`credentials.${name}: no secret can have this name`] : []),
    ...(Object.hasOwn(plan.env, name) ? [`credentials.${name}: env has the same name`] : []),
  ]);

/** TOML has no null: as a field it is left out, but a list cannot leave out an item. */
function tomlProblems(value: Json, where: string): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, child]) =>
    child === null && Array.isArray(value)
      ? [`${where}.${key}: a list in TOML cannot hold null`]
      : tomlProblems(child, `${where}.${key}`),
  );
}

/** Stands in a seed for the end of a secret, which only the launcher knows, or of a variable. */
const CredentialTail = z.strictObject({
  $credentialTail: z.strictObject({ name: VariableName, length: z.int().min(1).max(64) }),
});

function tailProblems(plan: Plan, seed: Json, where: string): readonly string[] {
  if (seed === null || typeof seed !== "object") return [];
  if (Array.isArray(seed) || !Object.hasOwn(seed, "$credentialTail")) {
    return Object.entries(seed).flatMap(([key, value]) =>
      tailProblems(plan, value, `${where}.${key}`),
    );
  }
  const tail = CredentialTail.safeParse(seed);
  if (!tail.success)
    return [`${where}: expected { $credentialTail: { name: a secret, length: 1 to 64 } }`];
  const { name } = tail.data.$credentialTail;
  if (plan.credentials[name]?.delivery === "env" || Object.hasOwn(plan.env, name)) return [];
  if (plan.environmentFiles.length > 0) return []; // it is left out where they do not have it
  return [`${where}.$credentialTail.name: no secret with delivery "env" is named ${name}`];
}

/** A seed with the ends of variables in it; those of secrets are left to the launcher. */
export function withVariables(seed: Json, { env }: Pick<Plan, "env">): Json {
  if (seed === null || typeof seed !== "object") return seed;
  if (Array.isArray(seed)) return seed.map((item: Json) => withVariables(item, { env }));
  const tail = CredentialTail.safeParse(seed);
  const value = tail.success ? env[tail.data.$credentialTail.name] : undefined;
  if (tail.success && value !== undefined) return value.slice(-tail.data.$credentialTail.length);
  return Object.fromEntries(
    Object.entries(seed).map(([key, inner]) => [key, withVariables(inner, { env })]),
  );
}
