import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { ForgeError } from "../../../schema/errors.ts";

/** Programs of the machine, with the Debian package that brings each. */
const PACKAGES = {
  tmux: "tmux",
  bash: "bash",
  jq: "jq",
  sqlite3: "sqlite3",
  flock: "util-linux",
  mkfifo: "coreutils",
  sleep: "coreutils",
} as const;

type Tool = keyof typeof PACKAGES;
export type Tools = { readonly [T in Tool]: string };

/** Absolute path of the first executable of this name on a PATH. */
export async function which(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Whether it is a program: a directory that may be entered is none. */
export const isExecutable = (file: string): Promise<boolean> =>
  Promise.all([access(file, constants.X_OK), stat(file)]).then(
    ([, found]) => found.isFile(),
    () => false,
  );

/** Looks every tool up once; from here on only absolute paths are used. Without databases, sqlite3 may be missing. */
export async function findTools(path: string, { databases = false } = {}): Promise<Tools> {
  const missing: Tool[] = [];
  const find = async (tool: Tool): Promise<string> => {
    const file = await which(tool, path);
    if (file === undefined && (databases || tool !== "sqlite3")) missing.push(tool);
    return file ?? "";
  };
  const tools: Tools = {
    tmux: await find("tmux"),
    bash: await find("bash"),
    jq: await find("jq"),
    sqlite3: await find("sqlite3"),
    flock: await find("flock"),
    mkfifo: await find("mkfifo"),
    sleep: await find("sleep"),
  };
  if (missing.length === 0) return tools;
  const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))];
  throw new ForgeError("TOOL_MISSING", `not found on PATH: ${missing.join(", ")}`, {
    fix: `install with: apt-get install ${packages.join(" ")}`,
  });
}
