import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../../runtime/clock.ts";
import { isVerdict } from "../../schema/phases.ts";
import { apiOf } from "../host/api-of.ts";
import { findAgent } from "../host/find-agent.ts";
import { SPOOLED, sendPrompt } from "../host/send.ts";
import { print, printJson, say } from "../print.ts";

interface Flags {
  readonly file?: string;
  readonly key?: string;
  readonly ttl?: number;
  readonly wait?: true;
  readonly json?: true;
}

/** One request waits this long at most; then the prompt is looked at now and then. Milliseconds. */
const WAIT_MOST = 600_000;
const LOOK_EVERY = 1000;

export const sendCommand = (): Command =>
  new Command("send")
    .description("Send an agent a prompt, which waits until the agent is ready")
    .argument("<agent>")
    .argument("[text...]", "the prompt; without it, standard input")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--key <key>", "the same key is the same prompt, however often it is sent")
    .option("--ttl <seconds>", "give up if the agent is not ready by then", seconds)
    .option("--wait", "wait for the verdict; exit with 1 unless it is submitted")
    .option("--json", "print the prompt's record as JSON")
    .action(send);

async function send(name: string, words: readonly string[], flags: Flags): Promise<void> {
  const { agent, fleet } = await findAgent(name);
  const { key, ttl } = flags;
  const sent = await sendPrompt(agent.name, fleet, {
    text: await promptFrom(words, flags.file),
    ...(key === undefined ? {} : { key }),
    ...(ttl === undefined ? {} : { ttlMs: Math.ceil(ttl * 1000) }),
    ...(flags.wait ? { wait: "verdict", waitMs: WAIT_MOST } : {}),
  });
  if ("spooled" in sent) {
    say(`${SPOOLED}\n`);
    if (flags.json) printJson(`${JSON.stringify({ key: sent.spooled, phase: "spooled" })}\n`);
    if (flags.wait) process.exitCode = 1;
    return;
  }
  let { record } = sent;
  while (flags.wait && !isVerdict(record.phase)) {
    await systemClock.sleep(LOOK_EVERY);
    record = await apiOf(fleet).prompt(record.id);
  }
  if (flags.json) printJson(`${JSON.stringify(record, null, 2)}\n`);
  else print(`${record.id} ${record.phase}${record.reason ? `: ${record.reason}` : ""}\n`);
  if (flags.wait && record.phase !== "submitted") process.exitCode = 1;
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
