#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { run } from "./run.ts";

/** Entry of the bundle: no `generate`, whose libraries and sources only a checkout has. */
process.exitCode = await run(COMMANDS, process.argv.slice(2));
