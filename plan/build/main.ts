import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { ForgeError } from "../../schema/errors.ts";
import { buildPlanFolder, readPlan } from "./folder.ts";

const USAGE = "usage: forge-plan-build PLAN OUT LAUNCHER\n";

/**
 * The program that the Nix build of a plan folder runs. It is not part of the forge command, because the hash of
 * every plan folder depends on it: a change of the command must restart no agent.
 */
async function main(args: readonly string[]): Promise<number> {
  const [plan, out, launcher, ...others] = args;
  if (plan === undefined || out === undefined || launcher === undefined || others.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    const checked = await readPlan(plan, () => text(process.stdin));
    await buildPlanFolder({ plan: checked, out: resolve(out), launcher: resolve(launcher) });
    return 0;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    process.stderr.write(`${error.report()}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
