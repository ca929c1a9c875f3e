import type { FileHandle } from "node:fs/promises";
import type { SessionFiles, SessionRecord } from "../../schema/session-record.ts";
import { escaped, literally, newestBeneath, openBeneath } from "./beneath.ts";
import { rowsOf } from "./database.ts";
import { LIMITS, type Limits, tailOf } from "./lines.ts";

/** A record, with a key that no other of the conversation has. */
export interface Entry {
  readonly key: string;
  readonly record: SessionRecord;
}

/** What is held of a conversation. */
export interface Held {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Whether there is more that can be read at once. */
  readonly hasMore: boolean;
}

export interface Options {
  /** The agent's state directory. */
  readonly home: string;
  readonly sessions: SessionFiles;
  readonly limits?: Limits;
  /** Milliseconds that a query may take. */
  readonly timeout?: number;
}

/** Of what is held: the oldest goes. */
const MOST = { entries: 5000, characters: 8 * 1024 * 1024 };
/** Of a database: messages, and bytes of one value. */
const OF_DATABASE = { $most: 200, $bytes: 512 * 1024 };

const MOST_LOOKS = 100;

/** A file that was found is taken again so often before a newer one is searched for. */
const LOOKS_PER_SEARCH = 20;

/** What forge-signal notes of the conversation that an agent is in. */
const SESSION = ".forge/session";
const SessionId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Reads what an agent's harness wrote of the conversation that it is in, bit by bit. The agent owns all of it: a look costs
 * little whatever lies there, and never rejects for it.
 */
export function readerOf({
  home,
  sessions,
  limits = LIMITS,
  timeout,
}: Options): () => Promise<Held> {
  const held = holding();
  const tail = tailOf(limits);
  const rows = rowsOf(timeout);
  let files = 0;
  let looks = 0;
  let known: { readonly session: string | undefined; readonly path: string } | undefined;

  const find = async (session: string | undefined): Promise<FileHandle | undefined> => {
    looks += 1;
    if (known && known.session === session && looks % LOOKS_PER_SEARCH !== 0) {
      const handle = await openBeneath(home, known.path);
      if (handle) return handle;
    }
    const found = await newestBeneath(home, patternsOf(sessions.path, session));
    known = found && { session, path: found.path };
    return found?.handle;
  };

  const readLines = async (handle: FileHandle): Promise<boolean> => {
    const { lines, isAnother, hasMore } = await tail(handle);
    if (isAnother) held.clear();
    if (isAnother) files += 1;
    for (const { position, record } of lines)
      held.add(`${files}:${position}`, sessions.read(record));
    return hasMore;
  };
  const readRows = async (handle: FileHandle, query: string, session: string): Promise<false> => {
    const all = await rows(handle, { query, values: { $session: session, ...OF_DATABASE } });
    held.clear();
    for (const row of all) held.add(String(row["key"]), sessions.read(row));
    return false;
  };

  return async () => {
    const session = await sessionOf(home);
    const handle = await find(session);
    if (handle === undefined) return { entries: held.entries(), hasMore: false };
    try {
      const { query } = sessions;
      const more =
        query === null ? await readLines(handle) : await readRows(handle, query, session ?? "");
      return { entries: held.entries(), hasMore: more };
    } catch {
      return { entries: held.entries(), hasMore: false }; // the disk, or what the agent did to the file just now
    } finally {
      await handle.close();
    }
  };
}

/** As much of the conversation as is held at once. */
export async function readAll(read: () => Promise<Held>): Promise<readonly Entry[]> {
  let held = await read();
  // A file that grows as fast as it is read would never end.
  for (let looks = 1; held.hasMore && looks < MOST_LOOKS; looks++) held = await read();
  return held.entries;
}

async function sessionOf(home: string): Promise<string | undefined> {
  const handle = await openBeneath(home, SESSION);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    const [id = ""] = buffer.toString("utf8", 0, bytesRead).split("\n");
    return SessionId.test(id) ? id : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** A pattern for each name of the path. */
export function patternsOf(path: string, session: string | undefined): readonly RegExp[] {
  const any = "[^/]*";
  const fill = (name: string): RegExp => {
    if (!/[*{]/.test(name)) return literally(name);
    const source = name.split(/(\*|\{session\}|\{short\})/).map((part) => {
      if (part === "*") return any;
      if (part === "{session}") return session === undefined ? any : escaped(session);
      if (part === "{short}") return session === undefined ? any : escaped(session.slice(0, 8));
      return escaped(part);
    });
    return new RegExp(`^${source.join("")}$`);
  };
  return path.split("/").map(fill);
}

function holding() {
  let entries: Entry[] = [];
  let characters = 0;
  const cost = ({ record }: Entry): number => ("text" in record ? record.text.length : 100);
  return {
    entries: (): readonly Entry[] => [...entries],
    clear: () => {
      entries = [];
      characters = 0;
    },
    add: (key: string, records: readonly SessionRecord[]) => {
      for (const [index, record] of records.entries()) {
        const entry = { key: index === 0 ? key : `${key}.${index}`, record };
        entries.push(entry);
        characters += cost(entry);
      }
      while (entries.length > MOST.entries || characters > MOST.characters) {
        const oldest = entries.shift();
        if (oldest === undefined) break;
        characters -= cost(oldest);
      }
    },
  };
}
