import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { ForgeError } from "../schema/errors.ts";
import type { Commands } from "./command-tree.ts";
import { endWithoutOutput, print, say, sayJson } from "./print.ts";

export const DESCRIPTION = "Run AI coding agents from a typed declaration as supervised services";

/** Runs one of the commands. Returns the exit status: 0 done, 1 failed, 2 misuse. */
export async function run(known: Commands, given: readonly string[]): Promise<number> {
  const args = withHelpLast(given);
  const program = new Command("forge")
    .description(DESCRIPTION)
    .version(packageJson.version)
    .addHelpText("after", EXAMPLE);
  const commands = await load(known, args[0]);
  const sayError = args.includes("--json") ? sayErrorAsJson : sayErrorToPeople;
  endWithoutOutput(sayError);
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: print,
      writeErr: say,
      outputError: (text) => sayError(misuse(text, command)),
    });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof ForgeError)) {
      say(`${error instanceof Error ? error.stack : error}\n`); // a mistake of ours
      return 1;
    }
    sayError(error);
    return error.code === "USAGE" ? 2 : 1;
  }
}

/** `-h up` asks for the help of `up`. */
const withHelpLast = (args: readonly string[]): readonly string[] =>
  /^(-h|--help)$/.test(args[0] ?? "") ? [...args.slice(1), ...args.slice(0, 1)] : args;

const sayErrorToPeople = (error: ForgeError): void => say(`${error.report()}\n`);
/** As `{ "error": { "code", "message", "fix" } }`. */
const sayErrorAsJson = ({ code, message, fix }: ForgeError): void =>
  sayJson(`${JSON.stringify({ error: { code, message, fix } })}\n`);

const EXAMPLE = `
A first agent, in an empty folder:
  forge init --stub
  forge up
  forge attach --take assistant     (in another terminal)`;

/** Two lines: what is wrong, and where the valid ones are listed. */
function misuse(text: string, command: Command): ForgeError {
  const [what = "", ...more] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  const fix = `${names.join(" ")} --help lists what is valid`;
  return new ForgeError("USAGE", [what, ...more].join(" "), { fix });
}

function load(known: Commands, name = ""): Promise<readonly Command[]> {
  if (name === "--version" || name === "-V") return Promise.resolve([]);
  const asked = Object.hasOwn(known, name) ? known[name] : undefined;
  return Promise.all((asked ? [asked] : Object.values(known)).map((command) => command()));
}
