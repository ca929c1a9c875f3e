import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ForgeError } from "../schema/errors.ts";
import { canonical, type Json } from "../schema/json.ts";
import { parse } from "../schema/parse.ts";
import { Plan, type PlanFile } from "../schema/plan.ts";

/**
 * Reads a plan from a file, a plan folder, or `-` for standard input.
 * Throws PLAN_UNREADABLE if there is no JSON, PLAN_INVALID if it is no plan.
 */
export async function readPlan(path: string, readInput: () => Promise<string>): Promise<Plan> {
  const where = path === "-" ? "standard input" : path;
  const text = await (path === "-" ? readInput() : readFirst([join(path, "plan.json"), path]));
  return parse(Plan, parseJson(text, where), {
    code: "PLAN_INVALID",
    where: basename(where),
    fix: "a plan comes from a declaration: correct that, or use the forge that made this plan",
  });
}

async function readFirst(paths: readonly string[]): Promise<string> {
  let failure: unknown;
  for (const path of paths) {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      failure = error;
    }
  }
  throw new ForgeError(
    "PLAN_UNREADABLE",
    failure instanceof Error ? failure.message : String(failure),
    {
      fix: "give a plan.json, a plan folder, or - for standard input",
      cause: failure,
    },
  );
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ForgeError("PLAN_UNREADABLE", `${where} is not JSON: ${String(error)}`, {
      fix: "give a plan.json, a plan folder, or - for standard input",
      cause: error,
    });
  }
}

interface PlanFolder {
  readonly plan: Plan;
  /** Absolute path of the folder; it must not exist. */
  readonly out: string;
  /** Absolute path of the launcher, ready to run. */
  readonly launcher: string;
}

/**
 * Writes the folder that the launcher starts an agent from: lists separated by NUL, a tree of files ready
 * to be linked, and `bin/forge-agent-<name>`. Nothing is left behind if it fails.
 */
export async function buildPlanFolder({ plan, out, launcher }: PlanFolder): Promise<void> {
  const layout = layoutOf(plan);
  const staging = await mkdtemp(`${out}.tmp-`);
  try {
    await writeFolder(staging, { plan, out, launcher }, layout);
    await chmod(staging, 0o755);
    await rename(staging, out);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

interface Layout {
  readonly files: readonly string[];
  readonly seeds: readonly string[];
  readonly directories: readonly string[];
}

function layoutOf({ files, seed, agent }: Plan): Layout {
  const paths = [...Object.keys(files), ...Object.keys(seed)];
  const directories = new Set(paths.flatMap(parentsOf));
  const clash = paths.find((path, i) => directories.has(path) || paths.indexOf(path) !== i);
  if (clash !== undefined) {
    throw new ForgeError(
      "PLAN_INVALID",
      `plan of ${agent}: ${clash} is declared twice, or is also a directory`,
      {
        fix: "give each file a path of its own",
      },
    );
  }
  return {
    files: Object.keys(files).sort(),
    seeds: Object.keys(seed).sort(),
    directories: [...directories].sort(), // parents sort before what is in them
  };
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [...parentsOf(parent), parent];
}

async function writeFolder(
  at: string,
  { plan, out, launcher }: PlanFolder,
  layout: Layout,
): Promise<void> {
  const put = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), content, { mode });
  };
  await put("plan.json", `${canonical(plan)}\n`);
  await put("argv", nulList(plan.argv));
  await put("env", nulList(Object.entries(plan.env).map(([name, value]) => `${name}=${value}`)));
  await put("place", nulList([plan.home, plan.workdir]));
  await put("files", nulList(layout.files));
  await put("seeds", nulList(layout.seeds));
  await put("directories", nulList(layout.directories));
  const credentials = Object.entries(plan.credentials);
  await put(
    "credentials",
    credentials.map(([name, { delivery }]) => `${name}\t${delivery}\n`).join(""),
  );
  await mkdir(join(at, "home"));
  for (const [path, file] of Object.entries(plan.files))
    await putFile(join(at, "home", path), file);
  for (const [path, value] of Object.entries(plan.seed)) await put(`seed/${path}`, pretty(value));
  await put(`bin/forge-agent-${plan.agent}`, await wrapper(launcher, out), 0o755);
}

async function putFile(path: string, file: PlanFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if ("source" in file) await linkSource(file.source, path);
  else if ("json" in file) await writeFile(path, pretty(file.json));
  else await writeFile(path, file.text, { mode: file.executable ? 0o755 : 0o644 });
}

/** A harness would ignore a link to nowhere without a word. */
async function linkSource(source: string, path: string): Promise<void> {
  if (!existsSync(source)) {
    throw new ForgeError(
      "PLAN_INVALID",
      `${source} does not exist where the plan folder is built`,
      {
        fix: "correct the source of the skill that names it",
      },
    );
  }
  await symlink(source, path);
}

/** The shell that runs the launcher runs its wrapper too. */
async function wrapper(launcher: string, folder: string): Promise<string> {
  const [shebang] = (await readFile(launcher, "utf8")).split("\n");
  return `${shebang}\nexec ${quote(launcher)} ${quote(folder)} "$@"\n`;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const nulList = (items: readonly string[]): string => items.map((item) => `${item}\0`).join("");
const pretty = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`;
