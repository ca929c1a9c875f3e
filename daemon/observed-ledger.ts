import type { PromptRecord } from "../schema/prompt-record.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** The ledger, and a word about each prompt that came into it into another phase, or to the end of its turn, once that is on the disk. */
export function observedLedger(ledger: Ledger, tell: (record: PromptRecord) => void): Ledger {
  const tellOf = (id: string): void => {
    const record = ledger.find(id);
    if (record) tell(record);
  };
  return {
    ...ledger,
    change: (change) => {
      ledger.change(change);
      tellOf(change.id);
    },
    finish: (finish) => {
      ledger.finish(finish);
      tellOf(finish.id);
    },
  };
}
