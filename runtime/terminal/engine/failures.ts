import type { Activity } from "../../../schema/activity-record.ts";
import type { Sign } from "../../../schema/plan.ts";
import type { Clock } from "../../clock.ts";
import { excerptOf } from "./excerpt.ts";
import { lineOf } from "./signs.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  readonly terminal: Pick<Terminal, "look">;
  /** The line on which the harness says that a request to its model failed. */
  readonly sign: Sign;
  readonly clock: Clock;
  /** Gets that line. */
  readonly tell: (shown: string) => void;
  readonly signal: AbortSignal;
}

const EVERY_MS = 1000;

/** A harness that tries again counts seconds and attempts. */
const shapeOf = (text: string): string => text.replace(/\d+/g, "#");

/**
 * Returns what is to be called with every state of the agent. Looks while a turn runs, and once it is over: then the
 * harness may be ahead of its screen. Each failure is told once; one that stays in view from an earlier run never.
 */
export function failureWatch(options: Options): (state: Activity) => void {
  const { terminal, sign, clock, tell, signal } = options;
  let known = "";
  let isFresh = true;
  let turn: AbortController | undefined;
  const shown = async (): Promise<string> => {
    const seen = await terminal.look().catch(() => undefined); // its server may be between two lives
    const at = seen ? lineOf(seen, sign) : -1;
    return excerptOf(seen?.screen.split("\n")[at] ?? "")[0]?.trim() ?? "";
  };
  const look = async () => {
    const text = await shown();
    if (signal.aborted || text === "" || shapeOf(text) === shapeOf(known)) return;
    known = text;
    tell(text);
  };
  const during = async (over: AbortSignal) => {
    while (!over.aborted) {
      await look();
      await clock.sleep(EVERY_MS, over).catch(() => {}); // the turn is over
    }
    await look();
    await clock.sleep(EVERY_MS, signal).catch(() => {});
    await look();
  };
  return (state) => {
    if (state === "busy") {
      if (turn) return;
      isFresh = false;
      turn = new AbortController();
      void during(AbortSignal.any([turn.signal, signal]));
      return;
    }
    turn?.abort();
    turn = undefined;
    if (state === "ready" && isFresh) void shown().then((text) => (known ||= text));
  };
}
