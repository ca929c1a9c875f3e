import { Command, InvalidArgumentError } from "commander";
import { ForgeError } from "../../schema/errors.ts";
import { findAgent } from "../host/find-agent.ts";

interface Flags {
  readonly follow?: true;
  readonly turns?: number;
  readonly json?: true;
}

export const transcriptCommand = (): Command =>
  new Command("transcript")
    .description("Show what an agent was asked, did and answered")
    .argument("<agent>", "name of an agent of forge up")
    .option("-f, --follow", "show what comes until Ctrl-C")
    .option("-n, --turns <count>", "show the last turns only", count)
    .option("--json", "one JSON object a line instead of Markdown")
    .action(async (name: string, { follow, turns, json }: Flags) => {
      const { agent, fleet } = await findAgent(name);
      if (fleet === undefined) {
        throw new ForgeError(
          "NOT_SUPPORTED_HERE",
          "transcripts of agents of this host are not read yet",
          {
            fix: `watch the terminal: forge attach ${agent.name}`,
          },
        );
      }
      const { showTranscript } = await import("../host/transcript.ts");
      await showTranscript(fleet, agent, { follow: follow ?? false, turns, json: json ?? false });
    });

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a number of turns.");
  return Number(text);
}
