import { Command } from "commander";
import { agentTable } from "../host/agent-table.ts";
import { findAgents } from "../host/agents.ts";

export const psCommand = (): Command =>
  new Command("ps")
    .description("List the agents of this host, and those of your running forge up")
    .option("--json", "as JSON: an array with one object per agent")
    .action(async ({ json }: { json?: true }) => {
      const { all } = await findAgents();
      if (json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
      else if (all.length > 0) process.stdout.write(agentTable(all, Date.now()));
      else process.stderr.write("no agents run here: forge up starts those of a fleet file\n");
    });
