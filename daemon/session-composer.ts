import type { SessionFiles } from "../schema/session-record.ts";
import type { Composer } from "./delivery.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { promptTaken } from "./transcript/evidence.ts";
import { readAll, readerOf } from "./transcript/reader.ts";
import { turnsOf } from "./transcript/turns.ts";

interface Options {
  /** The agent's state directory. */
  readonly home: string;
  readonly sessions: SessionFiles;
  readonly ledger: Pick<Ledger, "find">;
}

/**
 * A composer that looks for a prompt in the agent's conversation first. The conversation outlives the terminal, and has every
 * prompt that a harness took; what it does not have may still be on its way.
 */
export function sessionComposer(composer: Composer, options: Options): Composer {
  const isTaken = async (id: string): Promise<boolean> => {
    const { text, handed } = options.ledger.find(id) ?? {};
    if (text === undefined || handed === undefined || handed === null) return false;
    const entries = await readAll(readerOf(options));
    const turns = turnsOf(entries.map(({ record }) => record));
    return promptTaken(turns, { id, text, since: handed });
  };
  return {
    ...composer,
    find: async (id, attempt) => ((await isTaken(id)) ? "in-session" : composer.find(id, attempt)),
  };
}
