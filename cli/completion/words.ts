import { type DescribedCommand, withSubcommands } from "../command-tree.ts";

const AGENT_VALUES: readonly string[] = ["agent", "agents"];

/** What a shell may complete after a command. */
export interface Completable extends Pick<DescribedCommand, "path" | "description" | "options"> {
  /** Names of the commands below it. */
  readonly commands: readonly string[];
  readonly takesAgents: boolean;
  /** What is no name of an agent may be a file. */
  readonly takesFiles: boolean;
}

export const completables = (tree: readonly DescribedCommand[]): readonly Completable[] =>
  tree.flatMap(withSubcommands).map((command) => ({
    ...command,
    commands: command.commands.map(({ path }) => path.slice(path.lastIndexOf(" ") + 1)),
    takesAgents: argumentsOf(command).some((name) => AGENT_VALUES.includes(name)),
    takesFiles: argumentsOf(command).some((name) => !AGENT_VALUES.includes(name)),
  }));

/** A default command is the one that its parent runs. */
const argumentsOf = ({ arguments: own, commands }: DescribedCommand): readonly string[] => [
  ...own.map(({ name }) => name),
  ...(commands.some(({ path }) => path.endsWith(" ls")) ? (commands[0]?.arguments ?? []) : []).map(
    ({ name }) => name,
  ),
];

export const isOfAgents = (value: string | undefined): boolean =>
  AGENT_VALUES.includes(value ?? "");

/** Prints the names of all agents, a line each. */
export const NAMES_COMMAND = "forge completion --agents";
