import { readFile } from "node:fs/promises";
import { Argument, Command, Option } from "commander";
import { PATHS } from "../../schema/host-paths.ts";
import { type Commands, commandTree, type DescribedCommand } from "../command-tree.ts";
import { findFleets } from "../host/agents.ts";
import { print } from "../print.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const WRITERS = {
  bash: async () => (await import("../completion/bash.ts")).bashCompletion,
  zsh: async () => (await import("../completion/bash.ts")).zshCompletion,
  fish: async () => (await import("../completion/fish.ts")).fishCompletion,
} satisfies { [S in Shell]: () => Promise<(tree: readonly DescribedCommand[]) => string> };

export function completionCommand(commands: Commands): Command {
  const command = new Command("completion")
    .description("Print what a shell needs to complete forge's commands and agents")
    .addArgument(new Argument("[shell]", "bash, zsh or fish").choices(SHELLS))
    .addOption(new Option("--agents", "print the names of all agents, for those").hideHelp());
  return command.action(async (shell: Shell | undefined, { agents }: { agents?: true }) => {
    if (agents) return print((await names()).map((name) => `${name}\n`).join(""));
    if (shell === undefined) return command.error("error: missing required argument 'shell'");
    print((await WRITERS[shell]())(await commandTree(commands)));
  });
}

/** As cheap as can be: systemd is not asked. */
async function names(): Promise<readonly string[]> {
  const declared = await readFile(PATHS.names, "utf8").catch(() => ""); // no host with agents
  const fleets = (await findFleets()).flatMap(({ agents }) => agents.map(({ name }) => name));
  return [...new Set([...declared.split("\n").filter((name) => name !== ""), ...fleets])];
}
