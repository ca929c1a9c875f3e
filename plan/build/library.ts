import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ForgeError } from "../../schema/errors.ts";
import type { Plan } from "../../schema/plan.ts";

/** Throws PLAN_INVALID for skills and plugins that the harness would leave out without a word. */
export function checkLibrary({ agent, library }: Plan): void {
  const problems = [
    ...Object.entries(library.skills).flatMap(([name, source]) =>
      skillProblems(source, library.skillFields).map((problem) => `skills.${name}: ${problem}`),
    ),
    ...Object.entries(library.plugins).flatMap(([name, source]) =>
      pluginProblems(source, library.pluginFiles).map((problem) => `plugins.${name}: ${problem}`),
    ),
  ];
  if (problems.length === 0) return;
  throw new ForgeError(
    "PLAN_INVALID",
    problems.map((problem) => `plan of ${agent}: ${problem}`).join("\n"),
    { fix: "correct the source, or what lies there" },
  );
}

function skillProblems(source: string, fields: readonly string[]): readonly string[] {
  if (kindOf(source) !== "folder") return [`${source} is no folder`];
  const file = join(source, "SKILL.md");
  const text = textOf(file);
  if (text === undefined) return [`${file} cannot be read`];
  const head = /^\uFEFF?---[ \t]*\r?\n(.*?\n|)---[ \t]*(\r?\n|$)/s.exec(text)?.[1];
  if (head === undefined) return [`${file} does not begin with front matter between two lines ---`];
  return fields
    .filter((field) => !new RegExp(`^${field}:[ \\t]*[^ \\t\\r\\n]`, "m").test(head))
    .map((field) => `${file} has no ${field} in its front matter`);
}

/** A plugin is a file, or a folder with one of the files that make it one. */
function pluginProblems(source: string, files: readonly string[]): readonly string[] {
  const kind = kindOf(source);
  if (kind === undefined) return [`${source} does not exist`];
  if (kind === "file" && files.includes("")) return [];
  const found = files.filter((file) => file !== "" && kindOf(join(source, file)) !== undefined);
  if (found.length === 0) return [`${source} has none of ${files.filter(Boolean).join(", ")}`];
  return found
    .filter((file) => /(plugin|extension)\.json$/.test(file) && !isNamed(join(source, file)))
    .map((file) => `${join(source, file)} is no JSON object with a name`);
}

function isNamed(file: string): boolean {
  try {
    const { name } = Object(JSON.parse(textOf(file) ?? ""));
    return typeof name === "string" && name !== "";
  } catch {
    return false;
  }
}

function kindOf(path: string): "file" | "folder" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && (found.isDirectory() ? "folder" : "file");
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
