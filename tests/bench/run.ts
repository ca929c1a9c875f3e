import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { benchGenerate } from "./generate.ts";
import { benchHarnesses } from "./harnesses.ts";
import { benchLab } from "./lab.ts";
import { benchLauncher } from "./launcher.ts";
import type { Row } from "./measure.ts";
import { benchNixosEval } from "./nixos-eval.ts";
import { benchPackage } from "./package.ts";

const BENCHES = {
  generate: benchGenerate,
  launcher: benchLauncher,
  harnesses: benchHarnesses,
  package: benchPackage,
  "nixos-eval": benchNixosEval,
  lab: benchLab,
} satisfies { readonly [name: string]: () => readonly Row[] | Promise<readonly Row[]> };

/**
 * `npm run bench`: measures everything, prints a table, and writes it to docs/benchmarks.md. With names of benches, it
 * only measures and prints those.
 */
const only = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (only.length === 0 || only.includes(name)) rows.push(...(await bench()));
}

/** What has no budget neither holds nor breaks one. */
const verdict = ({ budget, holds }: Row): string =>
  budget === "none" ? "-" : holds ? "yes" : "**no**";

const table = [
  "| what | result | budget | holds |",
  "|---|---|---|---|",
  ...rows.map((row) => `| ${row.what} | ${row.result} | ${row.budget} | ${verdict(row)} |`),
].join("\n");
process.stdout.write(`${table}\n`);

const text = `# Benchmarks

Written by \`npm run bench\` on ${cpus().length} cores. Times are medians and depend on the machine; Nix's own counters
(function calls, bytes) are the same on every run. Evaluation times are of one run, beside them. \`node tests/bench/run.ts lab\`
measures one part alone and prints it; the parts are ${Object.keys(BENCHES).join(", ")}.

${table}
`;
if (only.length === 0)
  writeFileSync(fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url)), text);
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
