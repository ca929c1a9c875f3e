import { accessSync, constants, globSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pi as harness } from "../../harnesses/pi/harness.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The tarball that would be published, and what it depends on, so that nothing is fetched. */
export async function packTarballs(folder: string): Promise<readonly string[]> {
  const to = ["--pack-destination", folder, "--silent"];
  const options = { cwd: repository };
  await execa("npm", ["run", "--silent", "pack", "--", ...to], options);
  await execa("npm", ["pack", "--ignore-scripts", "./node_modules/zod", ...to], options);
  return globSync(`${folder}/*.tgz`);
}

/** The Node that runs this test and, if it is another one, the machine's own. */
export async function nodes(): Promise<ReadonlyMap<string, string>> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const own = folders
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .find(isExecutable);
  const all = [process.execPath, ...(own === undefined ? [] : [own])];
  const versions = all.map(async (node) => {
    const { stdout } = await execa(node, ["--version"]);
    return [stdout.trim(), node] as const;
  });
  return new Map(await Promise.all(versions));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Project extends AsyncDisposable {
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
}

/** An empty folder of a user's own with the package installed, and a real harness on PATH. */
export async function installInto(node: string, tarballs: readonly string[]): Promise<Project> {
  const root = await mkdtemp("/tmp/forge-package-");
  const folder = join(root, "my project");
  const bin = join(root, "bin");
  for (const each of [folder, bin, join(root, "runtime")]) await mkdir(each, { mode: 0o700 });
  symlinkSync(node, join(bin, "node"));
  // pi needs a newer Node than forge does, as when another version manager installed it.
  const pi = join(repository, "node_modules/@earendil-works/pi-coding-agent/dist/cli.js");
  // On a busy machine it may take longer to tell its version than forge waits.
  const version = `[ "$1" != --version ] || { echo ${harness.tested}; exit; }`;
  const script = `#!/bin/sh\n${version}\nexec ${process.execPath} ${pi} "$@"\n`;
  await writeFile(join(bin, "pi"), script, { mode: 0o755 });
  const env = {
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    ...{ HOME: root, TMUX_TMPDIR: root, TERM: "xterm-256color", LANG: "C.UTF-8" },
    ...{ XDG_RUNTIME_DIR: join(root, "runtime"), XDG_STATE_HOME: join(root, "state") },
  };
  const flags = ["--offline", "--no-audit", "--no-fund", "--silent"];
  await execa("npm", ["install", ...flags, ...tarballs], { cwd: folder, env, extendEnv: false });
  return {
    ...{ folder, env },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
