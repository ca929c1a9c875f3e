import { Command } from "commander";

export const psCommand = (): Command =>
  new Command("ps")
    .description("show the agents of this host, as systemd sees them")
    .option("--json", "as JSON: an array with one object per agent")
    .action(async ({ json }: { json?: true }) => {
      const { readAgents } = await import("../host/agents.ts");
      const { agentTable } = await import("../host/table.ts");
      const agents = await readAgents();
      process.stdout.write(
        json ? `${JSON.stringify(agents, null, 2)}\n` : agentTable(agents, Date.now()),
      );
    });
