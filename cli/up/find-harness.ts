import { readFile, realpath } from "node:fs/promises";
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
  if (found !== undefined) return { bin: found, version: await versionOf(found, npm) };
  const where = stated
    ? `at ${stated}`
    : `in an npm project around ${projects.join(" or ")}, or on PATH`;
  throw new ForgeError("HARNESS_NOT_FOUND", `${harness.name}: no program ${bin} ${where}`, {
    fix: `install it: ${installing(harness)}\n  → or say where it is: ${flag}/path/to/${bin}`,
  });
}

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

const Package = z.looseObject({ name: z.string(), version: z.string() });

/** The version of the npm package that the program belongs to, else what it says of itself, or `unknown`. */
async function versionOf(bin: string, npm: string): Promise<string> {
  for (const folder of upwards(dirname(await realpath(bin)))) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => ""); // none here
    const found = Package.safeParse(objectIn(text));
    if (found.success && found.data.name === npm) return found.data.version;
  }
  return (await askVersion(bin)) ?? "unknown";
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
