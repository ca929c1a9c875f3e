import { Command } from "commander";
import { attach, attachLocal } from "../host/attach.ts";
import { findAgent } from "../host/find-agent.ts";

export const attachCommand = (): Command =>
  new Command("attach")
    .description("Show an agent's terminal, read-only (Ctrl-b d leaves)")
    .argument("<agent>", "name of an agent")
    .option("--take", "type into it, too; on a host the journal records who did, and Ctrl-] leaves")
    .action(async (name: string, { take = false }: { take?: boolean }) => {
      const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
      const { agent, fleet } = await findAgent(name);
      const how = { take, isTerminal };
      await (fleet ? attachLocal(fleet, agent.name, how) : attach(agent.name, how));
    });
