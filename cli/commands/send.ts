import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Command, InvalidArgumentError, Option, type ParseOptionsResult } from "commander";
import { ForgeError } from "../../schema/errors.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { findAgents } from "../host/agents.ts";
import { duration } from "../host/duration.ts";
import { SPOOLED } from "../host/send.ts";
import { type Outcome, recipients, sendToAll } from "../host/send-all.ts";
import { print, printJson, say } from "../print.ts";

const WAITS = ["submitted", "finished"] as const;
/** As the API calls them. */
const UNTIL = { submitted: "verdict", finished: "finished" } as const;

interface Flags {
  readonly to?: readonly string[];
  readonly all?: true;
  readonly file?: string;
  readonly key?: string;
  readonly ttl?: number;
  readonly priority?: number;
  readonly wait?: (typeof WAITS)[number];
  readonly json?: true;
}

export function sendCommand(): Command {
  const command = new SendCommand("send")
    .description("Send a prompt to agents; it waits until each of them is ready")
    .usage("[options] <agent> [text...]\n       forge send [options] --to <agents> [text...]")
    .argument("[agent]", "name of an agent; with --to and --all, the text begins here")
    .argument("[text...]", "the prompt; without it, standard input")
    .option("-t, --to <agents>", "names of several agents, a,b; can be repeated", names)
    .addOption(new Option("--all", "send it to every agent that is declared").conflicts("to"))
    .option("-f, --file <path>", "read the prompt from a file; - is standard input")
    .option("--key <key>", "the same key is the same prompt, however often it is sent")
    .option("--ttl <time>", "give up if the agent is not ready by then: 90, 30s, 10m, 2h", ttl)
    .option("--priority <number>", "-10 to 10; higher goes first (default: 0)", priority)
    .addOption(
      new Option(
        "--wait [until]",
        "wait until it is submitted, or until its turn is finished; then print the answer; exit with 1 if that fails",
      ).choices(WAITS),
    )
    .option("--json", "print the prompt's record as JSON; with --to or --all, an array");
  return command.action(async (first: string | undefined, more: string[], flags: Flags) => {
    const isOne = flags.to === undefined && !flags.all;
    if (isOne && first === undefined) command.error("error: missing required argument 'agent'");
    const words = isOne || first === undefined ? more : [first, ...more];
    await send(flags.all ? "all" : (flags.to ?? [String(first)]), words, { ...flags, isOne });
  });
}

interface How extends Flags {
  /** The agent is an argument: what is printed is one record. */
  readonly isOne: boolean;
}

async function send(to: readonly string[] | "all", words: readonly string[], flags: How) {
  const { key, ttl: ttlMs, priority, wait, json, isOne } = flags;
  const prompt = {
    text: await promptFrom(words, flags.file),
    ...(key === undefined ? {} : { key }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(priority === undefined ? {} : { priority }),
  };
  const outcomes = await sendToAll(recipients(await findAgents(), to), prompt, wait && UNTIL[wait]);
  const [first, ...more] = outcomes.filter((outcome) => "refused" in outcome);
  if (isOne && first) throw first.refused;
  if (outcomes.some((outcome) => "spooled" in outcome)) say(`${SPOOLED}\n`);
  if (json) printJson(asJson(outcomes, isOne));
  else for (const outcome of outcomes) tellPeople(outcome, flags);
  if (first) throw refusal([first, ...more]);
  const isDone = (one: Outcome) => "record" in one && hasSucceeded(one.record, wait);
  if (wait && !outcomes.every(isDone)) process.exitCode = 1;
}

const hasSucceeded = ({ phase, end }: PromptRecord, wait: Flags["wait"]): boolean =>
  phase === "submitted" && (wait !== "finished" || end === "finished");

/** Says nothing of what is told as an error, or by SPOOLED. The answer of one agent is alone on standard output. */
function tellPeople(outcome: Outcome, { wait, isOne }: How): void {
  if ("refused" in outcome) return;
  const name = isOne ? "" : `${outcome.agent} `;
  if ("spooled" in outcome) {
    if (!isOne) print(`${name}spooled\n`);
    return;
  }
  const { id, phase, reason, end, answer } = outcome.record;
  if (wait !== "finished" || phase !== "submitted") {
    print(`${name}${id} ${phase}${reason ? `: ${reason}` : ""}\n`);
    return;
  }
  if (answer !== null) print(`${isOne ? "" : `# ${outcome.agent}\n\n`}${answer.trimEnd()}\n`);
  if (end !== "finished") say(`${name}${id} ${END_TEXTS[end ?? "unknown"]}\n`);
}

const END_TEXTS = {
  aborted: "was broken off",
  failed: "has failed: forge transcript shows why",
  unknown: "is over, and its answer was not found",
};

/** `--wait` alone, before a word of the prompt too, is `--wait submitted`. */
class SendCommand extends Command {
  override parseOptions(given: string[]): ParseOptionsResult {
    const end = given.indexOf("--");
    const isFlag = (index: number) => end < 0 || index < end;
    const isUntil = (word: string | undefined) => WAITS.some((until) => until === word);
    return super.parseOptions(
      given.map((word, index) =>
        word === "--wait" && isFlag(index) && !isUntil(given[index + 1])
          ? "--wait=submitted"
          : word,
      ),
    );
  }
}

function asJson(outcomes: readonly Outcome[], isOne: boolean): string {
  const all = outcomes.map((outcome) => {
    if ("record" in outcome) return outcome.record;
    const { agent } = outcome;
    if ("spooled" in outcome) return { agent, key: outcome.spooled, phase: "spooled" };
    const { code, message, fix } = outcome.refused;
    return { agent, error: { code, message, fix } };
  });
  return `${JSON.stringify(isOne ? all[0] : all, null, 2)}\n`;
}

type Refused = Extract<Outcome, { readonly refused: ForgeError }>;

function refusal([first, ...more]: readonly [Refused, ...Refused[]]): ForgeError {
  const what = [first, ...more].map(({ agent, refused }) => `${agent}: ${refused.message}`);
  const { code, fix } = first.refused;
  return new ForgeError(code, what.join("\n"), { fix });
}

async function promptFrom(words: readonly string[], file: string | undefined): Promise<string> {
  if (file !== undefined && file !== "-") return readFile(file, "utf8");
  if (words.length > 0 && file === undefined) return words.join(" ");
  return text(process.stdin);
}

const names = (given: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...given.split(",").filter((name) => name !== ""),
];

function ttl(given: string): number {
  const milliseconds = duration(given);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError("expected a number of seconds above 0, or a time as 30s, 10m, 2h");
}

function priority(given: string): number {
  if (/^-?\d{1,2}$/.test(given) && Math.abs(Number(given)) <= 10) return Number(given);
  throw new InvalidArgumentError("expected a whole number from -10 to 10");
}
