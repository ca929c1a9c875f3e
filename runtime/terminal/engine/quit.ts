import { STOP_RULES } from "../../../schema/lifecycle.ts";
import type { Terminal as Signs } from "../../../schema/plan.ts";
import type { Clock } from "../../clock.ts";
import { isReady } from "./signs.ts";
import type { Terminal } from "./terminal.ts";

export interface Quit {
  readonly terminal: Terminal;
  readonly signs: Signs;
  readonly clock: Clock;
  /** Resolves when the harness has ended. */
  readonly ended: Promise<unknown>;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

const QUIT_WAIT_MS = STOP_RULES.quit * 1000;
/** As runtime/terminal/forge-quit has it. */
const ENTER_AGAIN_MS = 2000;

/**
 * Types the text that quits the harness, and waits for its end. Types only while the harness is ready: in a dialog
 * Enter would be an answer, and in a turn it would wait. Resolves in any case; whoever calls it sends a signal then.
 */
export async function quit({ terminal, signs, clock, ended, signal }: Quit): Promise<void> {
  const over = new AbortController();
  const patience = AbortSignal.any([signal, over.signal]);
  const end = ended.then(() => over.abort());
  const ready = async () => {
    const seen = await terminal.look().catch(() => undefined); // its server may be gone
    return seen !== undefined && isReady(seen, signs) && !patience.aborted;
  };
  const type = (what: () => Promise<void>) => what().catch(() => {}); // it has ended meanwhile
  if (!(await ready())) return;
  await type(terminal.quit);
  for (let waited = 0; waited < QUIT_WAIT_MS && !patience.aborted; waited += ENTER_AGAIN_MS) {
    await Promise.race([end, clock.sleep(ENTER_AGAIN_MS, patience).catch(() => {})]); // an abort ends it
    // A harness that is short of time may take an Enter that comes close behind the text for a part of it.
    if (await ready()) await type(terminal.enter);
  }
}
