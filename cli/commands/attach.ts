import { Command } from "commander";
import { readAgents } from "../../runtime/supervisor/systemd/agents.ts";
import { attach } from "../host/attach.ts";
import { chooseOne } from "../host/choose.ts";

export const attachCommand = (): Command =>
  new Command("attach")
    .description("Show an agent's terminal, read-only (Ctrl-b d leaves)")
    .argument("<agent>", "name of an agent")
    .option("--take", "type into it, too; the journal records who did (Ctrl-] leaves)")
    .action(async (name: string, { take }: { take?: true }) => {
      const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
      await attach(chooseOne(await readAgents(), name).name, { take: take ?? false, isTerminal });
    });
