import { execa } from "execa";

/**
 * Every tier of the tests, regardless of the other tiers' results. At the end, lists what failed and what was skipped.
 * Lanes run at the same time, the tiers of each in turn: the lab and the harnesses wait most of the time.
 */
const FIRST = ["check", "test:prepare"];
const LANES = [
  ["test:nixos", "test:nix", "test:package", "test:unit"],
  ["test:lab"],
  ["test:harnesses"],
];

interface Outcome {
  readonly tier: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly skipped: readonly string[];
}

/** Shows what the tier prints once it has ended, as another one runs beside it. */
async function run(tier: string): Promise<Outcome> {
  say(`-- ${tier} begins`);
  const { exitCode, durationMs, all } = await execa("npm", ["run", "--silent", tier], {
    stdin: "inherit",
    all: true,
    reject: false,
    lines: true,
  });
  say(`\n== ${tier}\n${all.join("\n")}\n`);
  const skipped = all.filter((line) => line.startsWith("SKIPPED "));
  return { tier, passed: exitCode === 0, seconds: durationMs / 1000, skipped };
}

async function inTurn(tiers: readonly string[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const tier of tiers) outcomes.push(await run(tier));
  return outcomes;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const first = await inTurn(FIRST);
const lanes = await Promise.all(LANES.map(inTurn));
const outcomes = [...first, ...lanes.flat()];

say("\n== all");
const sayTook = (word: string, what: string, seconds: number): void =>
  say(`${word.padEnd(7)}  ${what.padEnd(15)} ${seconds.toFixed(0).padStart(4)} s`);
for (const { tier, passed, seconds, skipped } of outcomes) {
  const ranNothing = skipped.some((line) => line.startsWith(`SKIPPED ${tier}: `));
  sayTook(passed ? (ranNothing ? "skipped" : "passed") : "FAILED", tier, seconds);
  for (const line of skipped) say(`        ${line}`);
}
sayTook("", "all of them", performance.now() / 1000);
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
