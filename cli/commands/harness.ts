import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { HARNESSES } from "../../harnesses/registry.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { checkHarness } from "../harness/check.ts";
import { describeReport } from "../harness/describe-report.ts";
import { harnessTable, listHarnesses } from "../harness/list.ts";
import { pinnedHere, thisHost } from "../harness/this-host.ts";
import { print, printJson } from "../print.ts";
import { findHarness } from "../up/find-harness.ts";

export function harnessCommand(): Command {
  const harness = new Command("harness").description("Show harnesses, and test one");
  harness
    .command("ls")
    .description("List harnesses with their packages, licences and versions on this machine")
    .option("--json", "as JSON: an array with one object per harness")
    .action(list);
  harness
    .command("check")
    .description("Test a harness against the stub model")
    .argument("<harness>", "its name", known)
    .option(
      "--program <path>",
      "its program (default: the one of this host's agents, or of an npm project around this folder)",
    )
    .action(check);
  return harness;
}

async function list({ json }: { json?: true }): Promise<void> {
  const listed = await listHarnesses(HARNESSES, await thisHost(), {
    projects: [process.cwd()],
    path: process.env["PATH"] ?? "",
  });
  if (json) printJson(`${JSON.stringify(listed, null, 2)}\n`);
  else print(harnessTable(listed));
}

async function check(harness: Harness, { program }: { program?: string }): Promise<void> {
  const machine = { env: process.env, cwd: process.cwd(), execPath: process.execPath };
  const pinned = program === undefined ? await pinnedHere(harness.name) : undefined;
  const given = program === undefined ? undefined : resolve(program);
  const where = { given, flag: "--program ", own: null, projects: [machine.cwd] };
  const path = process.env["PATH"] ?? "";
  const { bin, version } = pinned ?? (await findHarness(harness, { ...where, path }));
  print(`${harness.name} ${version} (${bin})\n`);
  const report = await checkHarness({ harness, program: bin, machine, signals: process });
  if (report === undefined) {
    throw new ForgeError("CHECK_FAILED", `${harness.name}: interrupted`, {
      fix: "a signal such as Ctrl-C ended it: run it again",
    });
  }
  print(describeReport(report));
  const failed = report.results.find(({ verdict }) => verdict === "failed");
  if (failed === undefined) return;
  throw new ForgeError("CHECK_FAILED", `${harness.name} ${version}: failed: ${failed.what}`, {
    fix: `its terminal is above; harnesses/${harness.name}/README.md has the versions that were seen to work`,
  });
}

function known(name: string): Harness {
  const found = HARNESSES.find((harness) => harness.name === name);
  if (found) return found;
  throw new InvalidArgumentError(`Harnesses are: ${HARNESSES.map((one) => one.name).join(", ")}`);
}
