import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { stringify } from "smol-toml";
import { ForgeError } from "../../schema/errors.ts";
import { canonical, type Json } from "../../schema/json.ts";
import { parse } from "../../schema/parse.ts";
import { Plan, type PlanFile } from "../../schema/plan.ts";
import { type Layout, layoutOf, REFUSED_VARIABLES, withVariables } from "./layout.ts";
import { checkLibrary } from "./library.ts";

/**
 * Reads a plan from a file, a plan folder, or `-` for standard input.
 * Throws PLAN_UNREADABLE if there is no JSON, PLAN_INVALID if it is no plan.
 */
export async function readPlan(path: string, readInput: () => Promise<string>): Promise<Plan> {
  const where = path === "-" ? "standard input" : path;
  const text = await (path === "-" ? readInput() : readFirst([join(path, "plan.json"), path]));
  const plan = parse(Plan, parseJson(text, where), {
    code: "PLAN_INVALID",
    where: basename(where),
    fix: "a plan comes from a declaration: correct that, or use the forge that made this plan",
  });
  layoutOf(plan);
  return plan;
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
  checkLibrary(plan);
  const script = await wrapper(launcher, out);
  if (existsSync(out)) throw cannotWrite(out, "it exists");
  const staging = await mkdtemp(`${out}.tmp-`).catch((cause: Error) => {
    throw cannotWrite(out, cause.message, cause);
  });
  try {
    await writeFolder(staging, plan, layout, script);
    await chmod(staging, 0o755);
    await rename(staging, out);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

const cannotWrite = (out: string, why: string, cause?: unknown): ForgeError =>
  new ForgeError("OUTPUT_UNWRITABLE", `${out} cannot be made: ${why}`, {
    fix: "choose a path that does not exist, in a directory that you can write to",
    cause,
  });

async function writeFolder(at: string, plan: Plan, layout: Layout, script: string): Promise<void> {
  const put = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), content, { mode });
  };
  await put("plan.json", `${canonical(plan)}\n`);
  await put("argv", nulList(plan.argv));
  await put("env", nulList(Object.entries(plan.env).map(([name, value]) => `${name}=${value}`)));
  await put("resume", nulList(plan.resume));
  await put("place", nulList([plan.home, plan.workdir]));
  await put("files", nulList(layout.files));
  await put("links", nulList(Object.entries(plan.links).flat()));
  await put("seeds", nulList(layout.seeds));
  await put(
    "trust",
    nulList(
      plan.trust ? [plan.trust.flag, plan.trust.before, plan.trust.each, plan.trust.after] : [],
    ),
  );
  await put("databases", nulList(plan.databases));
  await put("directories", nulList(layout.directories));
  const credentials = Object.entries(plan.credentials);
  await put(
    "credentials",
    credentials.map(([name, { delivery }]) => `${name}\t${delivery}\n`).join(""),
  );
  await put("environment-files", nulList([REFUSED_VARIABLES, ...plan.environmentFiles]));
  await mkdir(join(at, "home"));
  for (const [path, file] of Object.entries(plan.files))
    await putFile(join(at, "home", path), file);
  for (const [path, value] of Object.entries(plan.seed))
    await put(`seed/${path}`, pretty(withVariables(value, plan)));
  await put(`bin/forge-agent-${plan.agent}`, script, 0o755);
}

async function putFile(path: string, file: PlanFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if ("source" in file) await linkSource(file.source, path);
  else if ("json" in file) await writeFile(path, pretty(file.json));
  else if ("toml" in file) await writeFile(path, stringify(file.toml));
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
  const [shebang = ""] = (await readFile(launcher, "utf8").catch(() => "")).split("\n"); // told below
  if (!shebang.startsWith("#!/")) {
    throw new ForgeError("TOOL_MISSING", `${launcher} is no launcher with its programs filled in`, {
      fix: "give the one that nix/scripts.nix or renderLauncher() makes",
    });
  }
  return `${shebang}\nexec ${quote(launcher)} ${quote(folder)} "$@"\n`;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const nulList = (items: readonly string[]): string => items.map((item) => `${item}\0`).join("");
/** Fields in Nix's order on every back end, as to some harnesses the order of rules means something. */
const pretty = (value: Json): string =>
  `${JSON.stringify(JSON.parse(canonical(value)), null, 2)}\n`;
