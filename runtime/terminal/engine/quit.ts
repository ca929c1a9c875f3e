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

/** As long as a harness may take to leave, and what it may take to notice Enter. runtime/terminal/forge-quit has the same. */
const PATIENCE = 10_000;
const NOTICED = 2000;

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
  for (let waited = 0; waited < PATIENCE && !patience.aborted; waited += NOTICED) {
    await Promise.race([end, clock.sleep(NOTICED, patience).catch(() => {})]); // an abort ends it
    // A harness that is short of time may take an Enter that comes close behind the text for a part of it.
    if (await ready()) await type(terminal.enter);
  }
}
