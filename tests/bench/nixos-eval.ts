import { readFile, rm } from "node:fs/promises";
import * as z from "zod";
import { find } from "../nixos/find.ts";
import { type Lab, openLab, prepare } from "../nixos/lab.ts";
import type { Row } from "./measure.ts";

/** What an agent may cost an evaluation, over a bare unit with one script, its own user and group. */
const BUDGET = 1.5;
/** How much more forge may add to a bare unit at the end of the range; nixpkgs' own part grows with users × groups. */
const LINEAR = 1.05;
const COUNTS = [1, 10, 100, 400, 800] as const;

const Stats = z.object({
  cpuTime: z.number(),
  nrFunctionCalls: z.number(),
  gc: z.object({ totalBytes: z.number() }),
});
interface Cost {
  readonly calls: number;
  readonly bytes: number;
  /** Processor time of the whole evaluation in milliseconds; one run, for orientation. */
  readonly ms: number;
}

async function costOf(lab: Lab, kind: "bare" | "forge", count: number): Promise<Cost> {
  const file = `${lab.tree}/stats.json`;
  const expression = `import ${lab.tree}/tests/bench/nixos-eval.nix {
    nixpkgs = ${lab.sources["nixpkgs"]};
    kind = "${kind}";
    count = ${count};
  }`;
  const { ok, stderr } = await lab.run("nix-instantiate", ["--eval", "--expr", expression], {
    NIX_SHOW_STATS: "1",
    NIX_SHOW_STATS_PATH: file,
  });
  if (!ok) throw new Error(stderr);
  const { cpuTime, nrFunctionCalls, gc } = Stats.parse(JSON.parse(await readFile(file, "utf8")));
  return { calls: nrFunctionCalls, bytes: gc.totalBytes, ms: cpuTime * 1000 };
}

/** Cost of one more, between each count and the next. */
async function marginal(lab: Lab, kind: "bare" | "forge"): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const count of COUNTS) costs.push(await costOf(lab, kind, count));
  return costs.slice(1).map(({ calls, bytes, ms }, i) => {
    const [from, to] = [COUNTS[i] ?? 0, COUNTS[i + 1] ?? 0];
    const before = costs[i] ?? { calls: 0, bytes: 0, ms: 0 };
    const more = to - from;
    return {
      calls: (calls - before.calls) / more,
      bytes: (bytes - before.bytes) / more,
      ms,
    };
  });
}

const KEYS = ["calls", "bytes"] as const;

const rowsOf = (bare: readonly Cost[], forge: readonly Cost[]): readonly Row[] =>
  KEYS.flatMap((key) => {
    const added = forge.map((cost, i) => cost[key] - (bare[i]?.[key] ?? 0));
    const growth = (added.at(-1) ?? 0) / (added.at(-2) ?? 0);
    const perAgent = forge.map((cost, i) => {
      const base = bare[i]?.[key] ?? 0;
      const ratio = cost[key] / base;
      return {
        what: `NixOS evaluation, ${key} per agent from ${COUNTS[i]} to ${COUNTS[i + 1]}, over a bare unit`,
        result: `× ${ratio.toFixed(2)} (${Math.round(cost[key])} : ${Math.round(base)}; whole evaluation ${(cost.ms / 1000).toFixed(1)} : ${((bare[i]?.ms ?? 0) / 1000).toFixed(1)} s)`,
        budget: `× ${BUDGET}`,
        holds: ratio <= BUDGET,
      };
    });
    const linear = {
      what: `NixOS evaluation, growth of the ${key} that forge adds per agent, 400 to 800 over 100 to 400`,
      result: `× ${growth.toFixed(2)}`,
      budget: `× ${LINEAR}`,
      holds: growth <= LINEAR,
    };
    return [...perAgent, linear];
  });

/** No rows where there is no Nix; that is said in one line. */
export async function benchNixosEval(): Promise<readonly Row[]> {
  const found = await find();
  if ("needs" in found) {
    process.stdout.write(`SKIPPED bench of NixOS evaluation: needs ${found.needs}\n`);
    return [];
  }
  const setup = await prepare(found);
  try {
    const lab = openLab(setup);
    return rowsOf(await marginal(lab, "bare"), await marginal(lab, "forge"));
  } finally {
    await rm(setup.tree, { recursive: true });
  }
}

if (import.meta.main) {
  for (const { what, result, budget, holds } of await benchNixosEval()) {
    process.stdout.write(`${holds ? "ok  " : "OVER"} ${what}: ${result}, budget ${budget}\n`);
    if (!holds) process.exitCode = 1;
  }
}
