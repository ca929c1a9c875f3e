#!/usr/bin/env node
import { generateCommand } from "./commands/generate.ts";
import { planCommand } from "./commands/plan.ts";
import { run } from "./run.ts";

process.exitCode = await run([generateCommand(), planCommand()], process.argv.slice(2));
