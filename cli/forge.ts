#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { DESCRIPTION, run } from "./run.ts";

/** What only a checkout can do. */
const generate = async () =>
  (await import("./commands/generate.ts")).generateCommand(COMMANDS, DESCRIPTION);
const harness = async () => {
  const { harnessCommand } = await import("./commands/harness.ts");
  const { newHarnessCommand } = await import("./commands/new-harness.ts");
  return harnessCommand().addCommand(newHarnessCommand());
};
process.exitCode = await run({ ...COMMANDS, harness, generate }, process.argv.slice(2));
