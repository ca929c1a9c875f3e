import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { buildPlanFolder, readPlan } from "../../plan/build/folder.ts";
import { describePlan } from "../../plan/describe.ts";
import { canonical } from "../../schema/json.ts";
import { print, printJson } from "../print.ts";

const input = (): Promise<string> => text(process.stdin);
const PLAN = "a plan.json, a plan folder, or - for standard input";

export function planCommand(): Command {
  const plan = new Command("plan").description("Validate, show and build plans");
  plan
    .command("build")
    .description("Validate a plan and write its plan folder")
    .argument("<plan>", PLAN)
    .argument("<out>", "folder to make; it must not exist")
    .requiredOption("--launcher <path>", "the launcher, with its programs filled in")
    .action(async (path: string, out: string, { launcher }: { launcher: string }) => {
      const checked = await readPlan(path, input);
      await buildPlanFolder({ plan: checked, out: resolve(out), launcher: resolve(launcher) });
    });
  plan
    .command("check")
    .description("Validate a plan")
    .argument("<plan>", PLAN)
    .action(async (path: string) => {
      const { agent, harness } = await readPlan(path, input);
      print(`${agent} (${harness}): the plan is sound\n`);
    });
  plan
    .command("show")
    .description("Show a plan: command line, environment, files. Values of secrets are not in it")
    .argument("<plan>", PLAN)
    .option("--json", "the whole plan as JSON")
    .action(async (path: string, { json }: { json?: true }) => {
      const checked = await readPlan(path, input);
      if (json) printJson(`${canonical(checked)}\n`);
      else print(`${describePlan(checked)}\n`);
    });
  return plan;
}
