import { systemClock } from "../../runtime/clock.ts";
import type { RunningAgent } from "../../runtime/supervisor/local/agent.ts";
import { isReady, type Look } from "../../runtime/terminal/engine/signs.ts";

/** What came of one question. */
export type Reply = { readonly answer: string } | { readonly problem: string };

interface Patience {
  readonly timeout?: number;
  readonly signal: AbortSignal;
}

/** pi shows a refused or failed request so, in place of an answer. */
const FAILED = /^Error: /m;

/** Between an error and the next try of the same request. Milliseconds. */
const GAP = 1000;

/** Asks an agent one question on its terminal. Rejects only if `signal` aborts. */
export async function ask(
  agent: RunningAgent,
  question: string,
  { timeout = 120_000, signal }: Patience,
): Promise<Reply> {
  const ended = new AbortController();
  void agent.settled.then(() => ended.abort());
  const patience = { timeout, signal: AbortSignal.any([signal, ended.signal]) };
  try {
    const answer = await answerOf(agent, question, patience);
    return FAILED.test(answer) ? { problem: answer.replaceAll("\n", " ") } : { answer };
  } catch (error) {
    signal.throwIfAborted();
    if (ended.signal.aborted) return { problem: "it ended" };
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function answerOf(
  { terminal, plan }: RunningAgent,
  question: string,
  patience: Required<Patience>,
): Promise<string> {
  await terminal.waitUntilReady(patience);
  await terminal.paste(question);
  const isAnswered = (seen: Look) =>
    isReady(seen, plan.terminal) && answerTo(question, seen.screen) !== "";
  const answer = async () =>
    answerTo(question, (await terminal.until(isAnswered, "answer", patience)).screen);
  const first = await answer();
  if (!FAILED.test(first)) return first;
  await systemClock.sleep(GAP, patience.signal);
  return answer();
}

/** The lines below the question, up to the composer's frame. */
function answerTo(question: string, screen: string): string {
  const lines = screen.split("\n").map((text) => text.trim());
  const below = lines.slice(lines.indexOf(question) + 1);
  const end = below.findIndex((text) => /^─{8,}/.test(text));
  return lines.includes(question) ? below.slice(0, end).filter(Boolean).join("\n") : "";
}
