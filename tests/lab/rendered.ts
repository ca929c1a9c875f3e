import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import type { DeclaredAgent } from "../../harnesses/fleet.ts";
import { buildPlanFolder } from "../../plan/build/folder.ts";
import { planFor } from "../../plan/plan.ts";
import { canonical } from "../../schema/json.ts";
import { Plan } from "../../schema/plan.ts";
import type { Place } from "../../schema/recipe/harness.ts";
import { repository } from "../nixos/find.ts";
import { fleet, type Program, programOf } from "./fleet.ts";
import { filesOf, STORE, storeNames } from "./portable.ts";
import { renderSource, sourceOf } from "./sources.ts";

/** The module's own units and files, with store paths without hashes. Written by tests/nixos/cases/lab-host.ts. */
export const hostFiles = join(repository, "tests/golden/lab-host");

/**
 * The host under test without Nix: the module's units, in a store whose paths have no hashes. What they name
 * is made anew from this repository: plans by the interpreter and `plan build`, scripts and C programs from
 * their sources; what nixpkgs would bring is the machine's.
 */
export async function renderHost(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "forge-lab-host-"));
  await cp(hostFiles, out, { recursive: true, verbatimSymlinks: true });
  await mkdir(join(out, STORE), { recursive: true });
  const plans = await planFolders(out);
  const done = new Set<string>();
  const next = async () => (await namesIn(out)).find((name) => !done.has(name));
  for (let name = await next(); name !== undefined; name = await next()) {
    await make(name, out, plans);
    done.add(name);
  }
  return out;
}

const ASSETS = "forge-assets-";

/** By name in the store. */
const programs: ReadonlyMap<string, Program> = new Map(
  fleet.agents
    .map(({ name }) => programOf(name))
    .map((program) => [`${program.name}-${program.version}`, program]),
);

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await filesOf(folder)).flatMap(({ text }) => storeNames(text.replace(/^X-.*$/gm, ""))); // NixOS's own

type Make = (out: string) => Promise<void>;

async function make(name: string, out: string, plans: ReadonlyMap<string, Make>): Promise<void> {
  const path = join(out, STORE, name);
  const plan = plans.get(name);
  if (plan) return plan(path);
  if (name === "nodejs-slim_24-linked") return symlink(await installedNode(), path);
  if (name.endsWith("-linked")) return symlink("/usr", path);
  if (name.startsWith(ASSETS)) {
    const assets = join(repository, "harnesses", name.slice(ASSETS.length), "assets");
    return cp(assets, path, { recursive: true });
  }
  const program = programs.get(name);
  if (program)
    return place(join(path, "bin", program.bin), join(repository, "tests/lab", program.file));
  if (/^forge-\d/.test(name)) return bundle(path);
  return renderSource(await sourceOf(name), path);
}

/** Node has the same path on the machine. */
const installedNode = async (): Promise<string> =>
  dirname(dirname(await realpath(process.execPath)));

async function place(to: string, from: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

/** The forge command, as nix/package.nix has it. */
async function bundle(path: string): Promise<void> {
  await execa(process.execPath, ["scripts/bundle.ts"], { cwd: repository });
  await cp(join(repository, "dist"), join(path, "lib/forge"), { recursive: true });
  const program = `${STORE}/${basename(path)}/lib/forge/forge.mjs`;
  const text = `#!${STORE}/bash-linked/bin/bash\nexec ${STORE}/nodejs-slim_24-linked/bin/node ${program} "$@"\n`;
  await mkdir(join(path, "bin"));
  await writeFile(join(path, "bin/forge"), text, { mode: 0o755 });
}

/** By name in the store: what makes each agent's plan folder. */
async function planFolders(root: string): Promise<ReadonlyMap<string, Make>> {
  const launcher = join(root, STORE, "launch");
  await renderSource(await sourceOf("launch"), launcher);
  const folders = fleet.agents.map((declared): [string, Make] => [
    `forge-agent-${declared.name}`,
    async (out) => {
      const plan = planFor({
        declared,
        fleet,
        place: placeOf(declared),
      });
      // As `forge plan build` reads it from Nix, whose keys are sorted.
      const sorted = Plan.parse(JSON.parse(canonical(JSON.parse(JSON.stringify(plan)))));
      await buildPlanFolder({ plan: sorted, out, launcher });
      const wrapper = join(out, "bin", `forge-agent-${declared.name}`);
      // It names the folder that it was built in.
      await writeFile(wrapper, (await readFile(wrapper, "utf8")).replaceAll(root, ""));
    },
  ]);
  return new Map(folders);
}

/** As modules/agents.nix has it for tests/lab/host.nix. */
function placeOf({ name, agent: { harness, workspace } }: DeclaredAgent): Place {
  const home = `/var/lib/forge/${name}`;
  const program = programOf(name);
  return {
    ...{ name, home, adapter: null, confined: true, person: null },
    workdir: workspace ?? `${home}/workspace`,
    bin: `${STORE}/${program.name}-${program.version}/bin/${program.bin}`,
    path: `${STORE}/bash-linked/bin:${STORE}/coreutils-linked/bin`,
    shell: `${STORE}/bash-linked/bin/bash`,
    package: { name: program.name, version: program.version },
    signal: `${STORE}/forge-signal`,
    assets: `${STORE}/${ASSETS}${harness}`,
  };
}

export const disposeOf = (tree: string): Promise<void> => rm(tree, { recursive: true });
