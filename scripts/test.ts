import { execa } from "execa";

/**
 * Every tier of the tests, regardless of the other tiers' results. At the end, lists what failed and what was skipped.
 * Tiers of one row run at the same time: Nix evaluates while harnesses are idle, and neither measures time.
 */
const ROWS = [
  ["check"],
  ["test:unit"],
  ["test:package"],
  ["test:nix"],
  ["test:nixos", "test:harnesses"],
  ["test:lab"],
];

interface Outcome {
  readonly tier: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly skipped: readonly string[];
}

/** Shows what the tier prints at once, or when it has ended if another one runs beside it. */
async function run(tier: string, isAlone: boolean): Promise<Outcome> {
  const output = isAlone ? (["inherit", "pipe"] as const) : "pipe";
  if (isAlone) say(`\n== ${tier}`);
  const { exitCode, durationMs, all } = await execa("npm", ["run", "--silent", tier], {
    stdin: "inherit",
    stdout: output,
    stderr: output,
    all: true,
    reject: false,
    lines: true,
  });
  if (!isAlone) say(`\n== ${tier}\n${all.join("\n")}`);
  const skipped = all.filter((line) => line.startsWith("SKIPPED "));
  return { tier, passed: exitCode === 0, seconds: durationMs / 1000, skipped };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const outcomes: Outcome[] = [];
for (const row of ROWS) {
  if (row.length > 1) say(`\n== ${row.join(" and ")}, at the same time`);
  outcomes.push(...(await Promise.all(row.map((tier) => run(tier, row.length === 1)))));
}

say("\n== all");
for (const { tier, passed, seconds, skipped } of outcomes) {
  const ranNothing = skipped.some((line) => line.startsWith(`SKIPPED ${tier}: `));
  const word = passed ? (ranNothing ? "skipped" : "passed") : "FAILED";
  say(`${word.padEnd(7)}  ${tier.padEnd(15)} ${seconds.toFixed(0).padStart(4)} s`);
  for (const line of skipped) say(`        ${line}`);
}
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
