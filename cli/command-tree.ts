import type { Command } from "commander";

/** How to load each command. Only the one that is asked for is loaded, for start-up time; help loads all. */
export interface Commands {
  readonly [name: string]: () => Promise<Command>;
}

export interface DescribedOption {
  /** As help shows them: `-t, --to <agents>`. */
  readonly flags: string;
  /** `-t` and `--to`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What its value is, such as `agents`; undefined if it takes none. */
  readonly value: string | undefined;
}

/** A command as its completion and its manual need it. */
export interface DescribedCommand {
  /** `prompts show`. */
  readonly path: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly DescribedOption[];
  readonly commands: readonly DescribedCommand[];
}

/** All commands, loaded and described. */
export async function commandTree(commands: Commands): Promise<readonly DescribedCommand[]> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  return loaded.map((command) => describe(command, ""));
}

function describe(command: Command, above: string): DescribedCommand {
  const path = `${above}${command.name()}`;
  return {
    path,
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
    })),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags, short, long, description }) => ({
        ...{ flags, description },
        names: [short, long].filter((name) => name !== undefined),
        value: /[<[]([^\]>]+)[\]>]/.exec(flags)?.[1],
      })),
    commands: command.commands.map((one) => describe(one, `${path} `)),
  };
}

/** A command, and those below it. */
export const withSubcommands = (one: DescribedCommand): readonly DescribedCommand[] => [
  one,
  ...one.commands.flatMap(withSubcommands),
];
