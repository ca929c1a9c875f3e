import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { ForgeError } from "../schema/errors.ts";
import type { Commands } from "./commands.ts";

/** Runs one of the commands. Returns the exit status: 0 done, 1 failed, 2 misuse. */
export async function run(known: Commands, args: readonly string[]): Promise<number> {
  const program = new Command("forge")
    .description("Run AI coding agents from a typed declaration as supervised services")
    .version(packageJson.version);
  const commands = await load(known, args[0]);
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap((one) => one.commands)]) {
    // The help lists what would have been valid.
    command
      .exitOverride()
      .showHelpAfterError()
      .configureOutput({
        outputError: (text, write) => write(text.replace(/^error: /, "USAGE: ")),
      });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof ForgeError)) throw error;
    process.stderr.write(`${error.report()}\n`);
    return 1;
  }
}

function load(known: Commands, name = ""): Promise<readonly Command[]> {
  if (name === "--version" || name === "-V") return Promise.resolve([]);
  const asked = Object.hasOwn(known, name) ? known[name] : undefined;
  return Promise.all((asked ? [asked] : Object.values(known)).map((command) => command()));
}
