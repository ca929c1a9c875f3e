import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import * as z from "zod";

const cache = join(homedir(), ".cache/forge/harnesses");
const here = import.meta.dirname;
const Locked = z.object({
  packages: z.record(
    z.string(),
    z.object({ hasInstallScript: z.boolean().optional(), dev: z.boolean().optional() }),
  ),
});

/**
 * A folder with the locked harnesses in `node_modules`, made once per lock; or why there is none. Install scripts
 * run for the harnesses themselves only: they put the native program in place of a stub.
 */
export async function installHarnesses(): Promise<{ folder: string } | { needs: string }> {
  const lock = await readFile(join(here, "package-lock.json"), "utf8");
  const folder = join(cache, createHash("sha256").update(lock).digest("hex").slice(0, 16));
  if (existsSync(folder)) return { folder };
  const staging = `${folder}.${process.pid}`;
  process.stderr.write(`test:harnesses: installing into ${folder}; once, 1.4 GB\n`);
  try {
    await mkdir(staging, { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      await cp(join(here, file), join(staging, file));
    await npm(staging, ["install", "--ignore-scripts", "--no-save"]);
    await npm(staging, [
      "rebuild",
      ...ownScripts(lock, await readFile(join(here, "package.json"), "utf8")),
    ]);
    await rename(staging, folder);
    return { folder };
  } catch (error) {
    if (existsSync(folder)) return { folder }; // another run was faster
    const [reason] = String(error).split("\n");
    return { needs: `the harnesses, by npm: ${reason}` };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

function ownScripts(lock: string, manifest: string): readonly string[] {
  const { packages } = Locked.parse(JSON.parse(lock));
  const { dependencies } = Manifest.parse(JSON.parse(manifest));
  return Object.keys(dependencies).filter(
    (name) => packages[`node_modules/${name}`]?.hasInstallScript,
  );
}

/** With the Node that runs us first: install scripts and engines are checked against it. */
const npm = (cwd: string, args: readonly string[]) =>
  execa("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
    timeout: 400_000,
  });
