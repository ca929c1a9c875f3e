import { Command } from "commander";
import type { InterruptReport } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { findAgents } from "../host/agents.ts";
import { interruptAgent } from "../host/interrupt.ts";
import { recipients } from "../host/send-all.ts";
import { print, printJson } from "../print.ts";

export const interruptCommand = (): Command =>
  new Command("interrupt")
    .description("End the running turn of agents; their harnesses go on running")
    .argument("<agent...>", "names of agents")
    .option("--json", "as JSON: an array with one object per agent")
    .action(async (names: string[], { json }: { json?: true }) => {
      const all = await Promise.all(recipients(await findAgents(), names).map(interruptAgent));
      if (json)
        printJson(
          `${JSON.stringify(
            all.map(({ report }) => report),
            null,
            2,
          )}\n`,
        );
      else print(all.map(({ report }) => line(report)).join(""));
      const errors = all.flatMap(({ error }) => error ?? []);
      const [first] = errors;
      if (first === undefined) return;
      const what = errors.map(({ message }) => message).join("\n");
      throw new ForgeError(first.code, what, { fix: first.fix });
    });

/** Nothing of what is told as an error. */
function line({ name, did }: InterruptReport): string {
  if (did === "failed") return "";
  return did === "interrupted" ? `${name}: its turn was ended\n` : `${name}: no turn ran\n`;
}
