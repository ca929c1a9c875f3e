import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { isExecutable, which } from "../../runtime/supervisor/local/tools.ts";
import { ForgeError } from "../../schema/errors.ts";
import { objectIn } from "../../schema/json.ts";
import type { Harness } from "../../schema/recipe/harness.ts";

export interface HarnessProgram {
  /** Absolute path. */
  readonly bin: string;
  readonly version: string;
}

export interface Where {
  /** What a flag says for this harness, and how that flag begins, such as `--harness pi=`. */
  readonly given: string | undefined;
  readonly flag: string;
  /** The agent's own `package`: a folder with bin/. */
  readonly own: string | null;
  /** Folders whose npm projects, upwards, may have the harness installed. */
  readonly projects: readonly string[];
  /** Value of PATH, where it is looked for last. */
  readonly path: string;
}

type Wanted = Pick<Harness, "name" | "package" | "tested">;

/** Finds the program of a harness once; nothing is looked up again when it starts. */
export async function findHarness(
  harness: Wanted,
  { given, flag, own, projects, path }: Where,
): Promise<HarnessProgram> {
  const { bin, npm } = harness.package;
  const stated = given ?? (own === null ? undefined : join(own, "bin", bin));
  const candidates = stated === undefined ? projects.flatMap(npmPrograms(bin)) : [stated];
  const found =
    (await firstExecutable(candidates)) ??
    (stated === undefined ? await which(bin, path) : undefined);
  if (found !== undefined) return describe(harness.name, found, npm);
  if (stated !== undefined) {
    throw new ForgeError(
      "HARNESS_NOT_FOUND",
      `${harness.name}: ${stated} ${await whyNot(stated)}`,
      {
        fix: given === undefined ? "correct package" : `correct ${flag}${given}`,
      },
    );
  }
  const where = `in an npm project around ${projects.join(" or ")}, or on PATH`;
  throw new ForgeError("HARNESS_NOT_FOUND", `${harness.name}: no program ${bin} ${where}`, {
    fix: `install it: ${installing(harness)}\n  → or say where it is: ${flag}/path/to/${bin}`,
  });
}

async function whyNot(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return "does not exist";
  return found.isFile() ? "is not executable" : "is not a program";
}

/** Whether a harness only is not installed here, or not for this Node. */
export const isUnusable = (error: unknown): boolean =>
  error instanceof ForgeError &&
  (error.code === "HARNESS_NOT_FOUND" || error.code === "NODE_TOO_OLD");

/** The command that installs the version that forge's tests run. */
export const installing = ({ package: { npm }, tested }: Wanted): string =>
  `npm install ${npm}${tested === null ? "" : `@${tested}`}`;

async function firstExecutable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await isExecutable(file)) return file;
  return undefined;
}

const npmPrograms = (bin: string) => (folder: string) =>
  upwards(folder).map((parent) => join(parent, "node_modules/.bin", bin));

function upwards(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

const Package = z.looseObject({
  name: z.string(),
  version: z.string(),
  engines: z.looseObject({ node: z.string().optional() }).optional(),
});

/** The npm package that the program belongs to tells its version; else it is asked, or `unknown`. */
async function describe(name: string, bin: string, npm: string): Promise<HarnessProgram> {
  for (const folder of upwards(dirname(await realpath(bin)))) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => ""); // none here
    const found = Package.safeParse(objectIn(text)).data;
    if (found?.name !== npm) continue;
    checkNode(`${name} ${found.version}`, found.engines?.node ?? "");
    return { bin, version: found.version };
  }
  return { bin, version: (await askVersion(bin)) ?? "unknown" };
}

/** Agents get the Node that runs us. A harness that is too new for it would end with a syntax error. */
function checkNode(harness: string, needed: string, here = process.versions.node): void {
  const [, least] = /^>= *(\d+(?:\.\d+)*)$/.exec(needed) ?? [];
  if (least === undefined || !isOlder(here, least)) return;
  throw new ForgeError("NODE_TOO_OLD", `${harness} needs Node ${least} or later; this is ${here}`, {
    fix: "run forge with a newer Node, or use another harness",
  });
}

function isOlder(version: string, other: string): boolean {
  const [mine, theirs] = [version, other].map((text) => text.split(".").map(Number));
  const at = [0, 1, 2].find((part) => (mine?.[part] ?? 0) !== (theirs?.[part] ?? 0));
  return at !== undefined && (mine?.[at] ?? 0) < (theirs?.[at] ?? 0);
}

const VERSION_WAIT_MS = 5000;

/** With everything that it started, as a program that is no harness may do anything. */
async function askVersion(bin: string): Promise<string | undefined> {
  const asked = execa(bin, ["--version"], {
    ...{ reject: false, detached: true, stdin: "ignore" },
    env: { HOME: "/nonexistent" },
  });
  const enough = setTimeout(() => {
    if (asked.pid !== undefined) process.kill(-asked.pid, "SIGKILL");
  }, VERSION_WAIT_MS);
  const { stdout = "" } = await asked;
  clearTimeout(enough);
  return /\d+\.\d+[^\s,;()]*/.exec(stdout)?.[0];
}
