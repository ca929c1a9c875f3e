import type { Terminal as Signs } from "../../../schema/plan.ts";
import type { Clock } from "../../clock.ts";
import { type Look, shows } from "./signs.ts";
import type { Terminal } from "./terminal.ts";

export interface Interruption {
  readonly terminal: Pick<Terminal, "look" | "type" | "until">;
  readonly signs: Signs;
  /** What ends a turn, a press each. */
  readonly presses: readonly string[];
  readonly clock: Clock;
}

/** A harness must tell two presses apart from one. Milliseconds. */
const BETWEEN = 300;
/** One that has just begun a turn may not read its keys yet, so they are pressed again. Milliseconds. */
const PATIENCE = 3000;
const ROUNDS = 4;
const LOOKS = 3;

/**
 * Ends the running turn in the harness's own way. Types nothing unless the terminal shows a turn, and no dialog: there
 * the same key would be an answer. Resolves with whether a turn was ended; rejects if it goes on all the same.
 */
export async function interrupt(interruption: Interruption): Promise<boolean> {
  const { terminal, signs, presses, clock } = interruption;
  const isInTurn = (seen: Look) =>
    shows(seen, signs.busy) && !(signs.dialog && shows(seen, signs.dialog));
  const hasEnded = (timeout: number) =>
    terminal.until((seen) => !shows(seen, signs.busy), "end of the turn", { timeout });
  /** A screen may be half drawn. */
  const isIdle = async () => {
    for (let look = 1; look <= LOOKS; look++) {
      if (isInTurn(await terminal.look())) return false;
      await clock.sleep(BETWEEN);
    }
    return true;
  };
  if (await isIdle()) return false;
  let pressed = 0;
  for (let round = 1; ; round++) {
    for (const press of presses) {
      if (!isInTurn(await terminal.look())) break;
      await terminal.type(press);
      pressed++;
      await clock.sleep(BETWEEN);
    }
    const ended = hasEnded(PATIENCE);
    if (round === ROUNDS) await ended;
    else if (!(await ended.catch(() => undefined))) continue;
    return pressed > 0;
  }
}
