#!/usr/bin/env node
import { generateCommand } from "./commands/generate.ts";
import { commands } from "./commands.ts";
import { run } from "./run.ts";

process.exitCode = await run([generateCommand(), ...commands()], process.argv.slice(2));
