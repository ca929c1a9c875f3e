import { Command, InvalidArgumentError } from "commander";
import { readAgents } from "../../runtime/supervisor/systemd/agents.ts";
import { journalMatches } from "../../runtime/supervisor/systemd/journal.ts";
import { handOver } from "../../runtime/supervisor/systemd/programs.ts";
import { chooseOne } from "../host/choose.ts";

interface Flags {
  readonly follow?: true;
  readonly lines?: number;
  readonly json?: true;
}

export const logsCommand = (): Command =>
  new Command("logs")
    .description("Show an agent's log")
    .argument("<agent>", "name of an agent")
    .option("-f, --follow", "show new entries until Ctrl-C")
    .option("-n, --lines <count>", "show the last lines only", count)
    .option("--json", "one JSON object a line, with the journal's own fields")
    .action(async (name: string, { follow, lines, json }: Flags) => {
      chooseOne(await readAgents(), name);
      await handOver("journalctl", [
        ...(follow ? ["--follow"] : []),
        ...(lines === undefined ? [] : [`--lines=${lines}`]),
        ...(json ? ["--output=json"] : []),
        ...journalMatches(name),
      ]);
    });

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a number of lines.");
  return Number(text);
}
