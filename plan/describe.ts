import type { Plan, PlanFile } from "../schema/plan.ts";

/** A plan as a person reads it. Credentials by name and way only; their values are in no plan. */
export function describePlan(plan: Plan): string {
  const { memoryMax, tasksMax, cpuWeight } = plan.resources;
  return [
    `agent      ${plan.agent}${plan.description ? `: ${plan.description}` : ""}`,
    `harness    ${plan.harness} (${plan.package.name} ${plan.package.version})`,
    `state      ${plan.home}`,
    `works in   ${plan.workdir}`,
    `may use    memory ${memoryMax ?? "unlimited"}, tasks ${tasksMax}, CPU weight ${cpuWeight}`,
    ...section("command line", plan.argv.map(quoted)),
    ...section(
      "environment",
      named(plan.env, (value) => quoted(value), "="),
    ),
    ...section(
      "secrets",
      named(
        plan.credentials,
        ({ source, delivery }) => `${source} (the agent can read it; ${delivery})`,
      ),
    ),
    ...section("environment files (the agent can read their variables)", plan.environmentFiles),
    ...section("files, linked at every start", named(plan.files, describeFile)),
    ...section("merged into the harness's own files", Object.keys(plan.seed)),
  ].join("\n");
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];

const named = <T>(
  of: { readonly [name: string]: T },
  show: (value: T) => string,
  sign = "  ",
): readonly string[] => Object.entries(of).map(([name, value]) => `${name}${sign}${show(value)}`);

function describeFile(file: PlanFile): string {
  if ("source" in file) return `→ ${file.source}`;
  if ("json" in file) return `JSON, ${Object.keys(file.json ?? {}).length} fields`;
  if ("toml" in file) return `TOML, ${Object.keys(file.toml).length} fields`;
  return `${Buffer.byteLength(file.text)} bytes`;
}

/** Plain words stay plain; the rest is quoted as JSON, which shows every odd character. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text);
