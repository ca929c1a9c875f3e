#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { run } from "./run.ts";

const generate = async () => (await import("./commands/generate.ts")).generateCommand();
process.exitCode = await run({ generate, ...COMMANDS }, process.argv.slice(2));
