import { Command } from "commander";
import { readAgents } from "../../runtime/supervisor/systemd/agents.ts";
import { agentTable } from "../host/table.ts";

export const psCommand = (): Command =>
  new Command("ps")
    .description("List the agents of this host")
    .option("--json", "as JSON: an array with one object per agent")
    .action(async ({ json }: { json?: true }) => {
      const agents = await readAgents();
      process.stdout.write(
        json ? `${JSON.stringify(agents, null, 2)}\n` : agentTable(agents, Date.now()),
      );
    });
