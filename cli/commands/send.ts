import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Command, InvalidArgumentError, Option, type ParseOptionsResult } from "commander";
import { systemClock } from "../../runtime/clock.ts";
import { isVerdict } from "../../schema/phases.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { apiOf } from "../host/api-of.ts";
import { findAgent } from "../host/find-agent.ts";
import { SPOOLED, sendPrompt } from "../host/send.ts";
import { print, printJson, say } from "../print.ts";

const WAITS = ["submitted", "finished"] as const;

interface Flags {
  readonly file?: string;
  readonly key?: string;
  readonly ttl?: number;
  readonly wait?: (typeof WAITS)[number];
  readonly json?: true;
}

/** One request waits this long at most; then the prompt is looked at now and then. Milliseconds. */
const WAIT_MOST = 600_000;
const LOOK_EVERY = 1000;
const UNTIL = { submitted: "verdict", finished: "finished" } as const;

export const sendCommand = (): Command =>
  new SendCommand("send")
    .description("Send an agent a prompt, which waits until the agent is ready")
    .argument("<agent>")
    .argument("[text...]", "the prompt; without it, standard input")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--key <key>", "the same key is the same prompt, however often it is sent")
    .option("--ttl <seconds>", "give up if the agent is not ready by then", seconds)
    .addOption(
      new Option(
        "--wait [until]",
        "wait until it is submitted, or until its turn is finished; then print the answer; exit with 1 if that fails",
      ).choices(WAITS),
    )
    .option("--json", "print the prompt's record as JSON")
    .action(send);

async function send(name: string, words: readonly string[], flags: Flags): Promise<void> {
  const { agent, fleet } = await findAgent(name);
  const { key, ttl, wait } = flags;
  const sent = await sendPrompt(agent.name, fleet, {
    text: await promptFrom(words, flags.file),
    ...(key === undefined ? {} : { key }),
    ...(ttl === undefined ? {} : { ttlMs: Math.ceil(ttl * 1000) }),
    ...(wait === undefined ? {} : { wait: UNTIL[wait], waitMs: WAIT_MOST }),
  });
  if ("spooled" in sent) {
    say(`${SPOOLED}\n`);
    if (flags.json) printJson(`${JSON.stringify({ key: sent.spooled, phase: "spooled" })}\n`);
    if (wait) process.exitCode = 1;
    return;
  }
  let { record } = sent;
  while (!isAwaited(record, wait)) {
    await systemClock.sleep(LOOK_EVERY);
    record = await apiOf(fleet).prompt(record.id);
  }
  report(record, flags);
}

function isAwaited({ phase, finished }: PromptRecord, until: Flags["wait"]): boolean {
  if (until === undefined) return true;
  return until === "finished" && phase === "submitted" ? finished !== null : isVerdict(phase);
}

/** The answer alone on standard output, where one was waited for. */
function report(record: PromptRecord, { wait, json }: Flags): void {
  const { id, phase, reason, end, answer } = record;
  const isSubmitted = phase === "submitted";
  const asksAnswer = wait === "finished" && isSubmitted;
  if (json) printJson(`${JSON.stringify(record, null, 2)}\n`);
  else if (!asksAnswer) print(`${id} ${phase}${reason ? `: ${reason}` : ""}\n`);
  else {
    if (answer !== null) print(`${answer.trimEnd()}\n`);
    if (end !== "finished") say(`${id} ${END_TEXTS[end ?? "unknown"]}\n`);
  }
  if (wait && !(isSubmitted && (!asksAnswer || end === "finished"))) process.exitCode = 1;
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

async function promptFrom(words: readonly string[], file: string | undefined): Promise<string> {
  if (file !== undefined && file !== "-") return readFile(file, "utf8");
  if (words.length > 0 && file === undefined) return words.join(" ");
  return text(process.stdin);
}

function seconds(given: string): number {
  const value = Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("expected a number of seconds above 0");
}
