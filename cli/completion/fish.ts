import type { DescribedCommand, DescribedOption } from "../command-tree.ts";
import { type Completable, completables, isOfAgents, NAMES_COMMAND } from "./words.ts";

const quote = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
const AGENTS = `-a ${quote(`(${NAMES_COMMAND} 2>/dev/null)`)}`;

/** The completion of fish. */
export function fishCompletion(tree: readonly DescribedCommand[]): string {
  const first = tree.map(
    ({ path, description }) =>
      `complete -c forge -n __fish_use_subcommand -a ${path} -d ${quote(description)}`,
  );
  const rest = completables(tree).flatMap((command) => [
    ...command.commands.map((name) => subcommand(command, name)),
    ...(command.takesAgents ? [`complete -c forge -n ${after(command)} ${AGENTS}`] : []),
    ...(command.takesFiles ? [`complete -c forge -n ${after(command)} -F`] : []),
    ...command.options.map((one) => option(command, one)),
  ]);
  const lines = ["complete -c forge -f", ...first, ...rest];
  return `# Completion of forge for fish, from: forge completion fish\n${lines.join("\n")}\n`;
}

const after = ({ path }: Pick<Completable, "path">): string =>
  quote(
    path
      .split(" ")
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join("; and "),
  );

function subcommand({ path, commands }: Completable, name: string): string {
  const none = `__fish_seen_subcommand_from ${path}; and not __fish_seen_subcommand_from ${commands.join(" ")}`;
  return `complete -c forge -n ${quote(none)} -a ${name}`;
}

function option(command: Completable, { names, description, value }: DescribedOption): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const taken = value === undefined ? "" : isOfAgents(value) ? ` -x ${AGENTS}` : " -r -F";
  return `complete -c forge -n ${after(command)} ${flags.join(" ")}${taken} -d ${quote(description)}`;
}
