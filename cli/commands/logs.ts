import { Command, InvalidArgumentError } from "commander";
import { journalMatches } from "../../runtime/supervisor/systemd/journal.ts";
import { handOver } from "../../runtime/supervisor/systemd/programs.ts";
import { findAgent } from "../host/find-agent.ts";

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
    .option("--json", "one JSON object a line: the journal's own fields, or the events of forge up")
    .action(async (name: string, { follow, lines, json }: Flags) => {
      const { fleet } = await findAgent(name);
      if (fleet) {
        const { showLog } = await import("../host/local-log.ts");
        return showLog(fleet, name, { follow: follow ?? false, lines, json: json ?? false });
      }
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
