import { execa } from "execa";

/** Every tier of the tests, regardless of the other tiers' results. At the end, lists what failed and what was skipped. */
const TIERS = [
  "check",
  "test:unit",
  "test:package",
  "test:nix",
  "test:nixos",
  "test:lab",
  "test:harnesses",
];

interface Outcome {
  readonly tier: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly skipped: readonly string[];
}

async function run(tier: string): Promise<Outcome> {
  const { exitCode, durationMs, all } = await execa("npm", ["run", "--silent", tier], {
    stdio: ["inherit", ["inherit", "pipe"], ["inherit", "pipe"]],
    all: true,
    reject: false,
    lines: true,
  });
  const skipped = all.filter((line) => line.startsWith("SKIPPED "));
  return { tier, passed: exitCode === 0, seconds: durationMs / 1000, skipped };
}

const outcomes: Outcome[] = [];
for (const tier of TIERS) {
  process.stdout.write(`\n== ${tier}\n`);
  outcomes.push(await run(tier));
}

process.stdout.write("\n== all\n");
for (const { tier, passed, seconds, skipped } of outcomes) {
  const word = passed ? "passed" : "FAILED";
  process.stdout.write(`${word}  ${tier.padEnd(15)} ${seconds.toFixed(0).padStart(4)} s\n`);
  for (const line of skipped) process.stdout.write(`        ${line}\n`);
}
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
