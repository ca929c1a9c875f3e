import { Command, InvalidArgumentError } from "commander";
import { findAgent } from "../host/find-agent.ts";
import { describePrompt, latestPrompts, promptTable, withPrompt } from "../host/prompts.ts";
import { findSources, sourceOf } from "../host/sources.ts";
import { print, printJson, say } from "../print.ts";

interface Flags {
  readonly lines: number;
  readonly json?: true;
}

/** The API gives no more of one agent. */
const MOST = 100;
const AS_JSON = "print the prompt's record as JSON";

export function promptsCommand(): Command {
  const prompts = new Command("prompts").description("List, show and cancel prompts");
  prompts
    .command("ls", { isDefault: true })
    .description("List the latest prompts of an agent, or of all agents; what forge prompts does")
    .argument("[agent]", "name of an agent")
    .option("-n, --lines <count>", `how many at most (1 to ${MOST})`, count, 20)
    .option("--json", "as JSON: an array with the record of each prompt")
    .action(list);
  prompts
    .command("show")
    .description("Show a prompt: its text, and how it stands")
    .argument("<id>", "id of a prompt")
    .option("--json", AS_JSON)
    .action(async (id: string, { json }: { json?: true }) => {
      const record = await withPrompt(id, ({ read }) => read.prompt(id));
      if (json) printJson(`${JSON.stringify(record, null, 2)}\n`);
      else print(describePrompt(record, Date.now()));
    });
  prompts
    .command("cancel")
    .description("Cancel a prompt that is still queued")
    .argument("<id>", "id of a prompt")
    .option("--json", AS_JSON)
    .action(async (id: string, { json }: { json?: true }) => {
      const record = await withPrompt(id, ({ write }) => write.cancel(id));
      if (json) printJson(`${JSON.stringify(record, null, 2)}\n`);
      else print(`${record.id} ${record.phase}\n`);
    });
  return prompts;
}

/** What answers is listed, also where another API does not answer: that is told after it. */
async function list(name: string | undefined, { lines, json }: Flags): Promise<void> {
  const { prompts, failures } =
    name === undefined
      ? await latestPrompts(await findSources(), lines)
      : await ofAgent(name, lines);
  if (json) printJson(`${JSON.stringify(prompts, null, 2)}\n`);
  else if (prompts.length > 0) print(promptTable(prompts, Date.now()));
  else if (failures.length === 0) say("no prompts yet: forge send sends one\n");
  const [failure] = failures;
  if (failure) throw failure;
}

async function ofAgent(name: string, most: number) {
  const { agent, fleet } = await findAgent(name);
  return { ...(await sourceOf(fleet).read.prompts(agent.name, most)), failures: [] };
}

function count(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MOST) return value;
  throw new InvalidArgumentError(`expected a number from 1 to ${MOST}`);
}
