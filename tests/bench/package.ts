import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { installInto, nodes, packTarballs } from "../package/install.ts";
import { inTurn, type Row } from "./measure.ts";

const RUNS = 15;
const MB = 10 ** 6;
const row = (what: string, result: string): Row => ({ what, result, budget: "none", holds: true });

/** The npm package: what it weighs, and how long it takes to start. */
export async function benchPackage(): Promise<readonly Row[]> {
  const folder = await mkdtemp("/tmp/forge-packed-");
  try {
    const tarballs = await packTarballs(folder);
    const [own = ""] = tarballs.filter((file) => file.includes("forge-agents"));
    const tarball = (await stat(own)).size / MB;
    const rows = [row("npm package, tarball (`npm run pack`)", `${tarball.toFixed(2)} MB`)];
    for (const [version, node] of await nodes()) {
      await using project = await installInto(node, tarballs);
      const modules = join(project.folder, "node_modules");
      if (rows.length === 1) {
        const [forge, all] = [await size(join(modules, "@forge-agents")), await size(modules)];
        const what = "npm package, installed (`du --apparent-size`), and with zod's types";
        rows.push(row(what, `${forge.toFixed(1)} MB, ${all.toFixed(1)} MB`));
      }
      const forge = join(modules, "@forge-agents/forge/forge.mjs");
      const commands = [["--version"], ["ps"]].map((args) => [node, forge, ...args] as const);
      const [start = 0, ps = 0] = inTurn(RUNS, ...commands);
      const what = `npm package on Node ${version}, \`forge --version\`, and \`forge ps\` without a fleet`;
      rows.push(row(what, `${start.toFixed(0)} ms, ${ps.toFixed(0)} ms`));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function size(folder: string): Promise<number> {
  const { stdout } = await execa("du", ["--summarize", "--apparent-size", "--bytes", folder]);
  return Number.parseInt(stdout, 10) / MB;
}
