import { Command } from "commander";
import { agentTable, verboseTable } from "../host/agent-table.ts";
import { inWords, lowDisks } from "../host/low-disk.ts";
import { findAgentsWithStatus } from "../host/statuses.ts";
import { print, printJson, say } from "../print.ts";

export const psCommand = (): Command =>
  new Command("ps")
    .description("List the agents of this host, and those of your running forge up")
    .option("--json", "as JSON: an array with one object per agent")
    .option("--verbose", "also the question, login or unknown screen that an agent shows")
    .action(async ({ json, verbose }: { json?: true; verbose?: true }) => {
      const { all } = await findAgentsWithStatus();
      if (json) printJson(`${JSON.stringify(all, null, 2)}\n`);
      else if (all.length > 0) print((verbose ? verboseTable : agentTable)(all, Date.now()));
      else say("no agents run here: forge up starts those of a fleet file\n");
      for (const disk of lowDisks()) say(inWords(disk));
    });
