import { Command } from "commander";

export const attachCommand = (): Command =>
  new Command("attach")
    .description("look at an agent's terminal (Ctrl-b d leaves); the agent does not notice")
    .argument("<agent>", "name of an agent")
    .option("--take", "type into it, too; the journal records who did")
    .action(async (name: string, { take }: { take?: true }) => {
      const { readAgents } = await import("../host/agents.ts");
      const { attach } = await import("../host/attach.ts");
      const { chooseOne } = await import("../host/choose.ts");
      const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
      await attach(chooseOne(await readAgents(), name).name, { take: take ?? false, isTerminal });
    });
