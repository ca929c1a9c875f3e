import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";
import type { EndOfTurn, Phase } from "../../schema/phases.ts";
import { PromptRecord } from "../../schema/prompt-record.ts";
import type { OpenPrompt, Prompt } from "../prompts/types.ts";
import { answerText, promptText } from "./text.ts";

export interface Asked {
  readonly agent: string;
  readonly text: string;
  /** The same key for the same agent is the same prompt. */
  readonly key?: string;
  readonly priority?: number;
  /** Milliseconds from now. */
  readonly ttl?: number;
}

export interface Change {
  readonly id: string;
  readonly phase: Phase;
  readonly attempt: number;
  readonly reason?: string;
}

/** How the turn of a submitted prompt ended. */
export interface Finish {
  readonly id: string;
  readonly end: EndOfTurn | null;
  readonly answer: string | null;
}

/** All prompts of a host. What a method wrote is on the disk when it returns. */
export interface Ledger extends Disposable {
  /**
   * Throws PROMPT_REFUSED for a text that no harness can get, PROMPT_KEY_TAKEN for a key that another text has, and LIMIT_REACHED. `isNew` is
   * false where the key is known: then it is the earlier prompt, as it stands.
   */
  accept(asked: Asked): { readonly record: PromptRecord; readonly isNew: boolean };
  change(change: Change): void;
  /** Nothing for a prompt that is not submitted, or is finished already. */
  finish(finish: Finish): void;
  /** Submitted, and not finished: the latest, oldest first. */
  unfinished(agent: string): readonly PromptRecord[];
  /** Without a verdict, in the order of their acceptance. */
  open(agent: string): readonly OpenPrompt[];
  /** How many have no verdict. */
  count(agent: string): number;
  find(id: string): PromptRecord | undefined;
  /** The latest first, without their answers. */
  list(of: { readonly agent?: string; readonly most: number }): readonly PromptRecord[];
}

interface Options {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const VERSION = 2;
/** What a file of an earlier version lacks, by that version. */
const UPGRADES: { readonly [version: number]: string } = {
  1: `
  ALTER TABLE prompts ADD COLUMN handed INTEGER;
  ALTER TABLE prompts ADD COLUMN finished INTEGER;
  ALTER TABLE prompts ADD COLUMN "end" TEXT;
  ALTER TABLE prompts ADD COLUMN answer TEXT;
  PRAGMA user_version = 2;`,
};
const MOST_UNFINISHED = 20;
/** Without a verdict, of one agent: more would only grow. */
const MOST_OPEN = 1000;
const SCHEMA = `
  CREATE TABLE prompts (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    text TEXT NOT NULL,
    key TEXT,
    priority INTEGER NOT NULL,
    expires INTEGER,
    phase TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    reason TEXT,
    accepted INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    handed INTEGER,
    finished INTEGER,
    "end" TEXT,
    answer TEXT,
    UNIQUE (agent, key)
  ) STRICT;
  CREATE INDEX open_prompts ON prompts (agent, sequence) WHERE phase IN ('queued', 'delivering');
  PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the ledger in a file, and makes it where there is none. Throws LEDGER_UNREADABLE for a file that is damaged, or of a
 * newer forge, and LEDGER_UNWRITABLE where nothing can be written; the file is as it was then.
 */
export function openLedger(file: string, { now }: Options): Ledger {
  const database = open(file);
  try {
    return ledgerIn(database, file, now);
  } catch (error) {
    database.close();
    throw failure(error, file);
  }
}

function open(file: string): DatabaseSync {
  const isOld = existsSync(file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5000 });
    if (isOld) check(database, file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    for (let version = versionOf(database); version < VERSION; version = versionOf(database))
      database.exec(`BEGIN IMMEDIATE; ${version === 0 ? SCHEMA : UPGRADES[version]} COMMIT;`);
    database.exec("BEGIN IMMEDIATE; ROLLBACK;"); // a ledger that cannot be written to is found out now
    return database;
  } catch (error) {
    database?.close();
    throw failure(error, file);
  }
}

const Count = z.object({ count: z.int() });
const Version = z.object({ user_version: z.int() });
const versionOf = (database: DatabaseSync): number =>
  Version.parse(database.prepare("PRAGMA user_version").get()).user_version;

function check(database: DatabaseSync, file: string): void {
  const version = versionOf(database);
  if (version > VERSION) {
    throw new ForgeError("LEDGER_UNREADABLE", `${file} is of a newer forge (version ${version})`, {
      fix: "go back to that forge, or move the file aside: its open prompts are then not delivered",
    });
  }
  const [first] = database.prepare("PRAGMA quick_check(1)").all();
  const { quick_check: said } = z.object({ quick_check: z.string() }).parse(first);
  if (said !== "ok") throw damaged(file, said);
}

const damaged = (file: string, why: string, cause?: unknown): ForgeError =>
  new ForgeError("LEDGER_UNREADABLE", `${file} is damaged: ${why}`, {
    fix: "move the file aside, with those of the same name that end in -wal and -shm: its open prompts are then not delivered",
    cause,
  });

/** Primary result codes of SQLite. */
const DAMAGED = new Set([11, 26]);
const SqliteError = z.looseObject({ errcode: z.int(), message: z.string() });

function failure(error: unknown, file: string): unknown {
  const { data } = SqliteError.safeParse(error);
  if (error instanceof ForgeError || data === undefined) return error;
  if (DAMAGED.has(data.errcode & 0xff)) return damaged(file, data.message, error);
  return new ForgeError("LEDGER_UNWRITABLE", `${file}: ${data.message}`, {
    fix: "see that its directory exists, belongs to this user, and that the disk is not full; what was accepted is kept",
    cause: error,
  });
}

function ledgerIn(database: DatabaseSync, file: string, now: () => number): Ledger {
  const insert = database.prepare(
    `INSERT INTO prompts (id, agent, text, key, priority, expires, phase, attempt, accepted, changed)
     VALUES ($id, $agent, $text, $key, $priority, $expires, 'queued', 0, $now, $now)`,
  );
  const update = database.prepare(
    `UPDATE prompts SET phase = $phase, attempt = $attempt, reason = $reason, changed = $now,
       handed = CASE WHEN $phase = 'delivering' THEN $now ELSE handed END WHERE id = $id`,
  );
  const finish = database.prepare(
    `UPDATE prompts SET finished = $now, "end" = $end, answer = $answer
     WHERE id = $id AND phase = 'submitted' AND finished IS NULL`,
  );
  const unfinished = database.prepare(
    `SELECT * FROM (SELECT * FROM prompts WHERE agent = $agent AND phase = 'submitted' AND finished IS NULL
     ORDER BY sequence DESC LIMIT ${MOST_UNFINISHED}) ORDER BY sequence`,
  );
  const byKey = database.prepare("SELECT * FROM prompts WHERE agent = $agent AND key = $key");
  const byId = database.prepare("SELECT * FROM prompts WHERE id = $id");
  const opened = database.prepare(
    "SELECT * FROM prompts WHERE agent = $agent AND phase IN ('queued', 'delivering') ORDER BY sequence",
  );
  const counted = database.prepare(
    "SELECT count(*) AS count FROM prompts WHERE agent = $agent AND phase IN ('queued', 'delivering')",
  );
  const latest = database.prepare(
    "SELECT *, NULL AS answer FROM prompts WHERE $agent IS NULL OR agent = $agent ORDER BY sequence DESC LIMIT $most",
  );
  const countOpen = (agent: string): number => Count.parse(counted.get({ agent })).count;
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw failure(error, file);
    }
  };
  const one = (row: unknown) => (row === undefined ? undefined : PromptRecord.parse(row));
  return {
    accept: ({ agent, text: given, key = null, priority = 0, ttl }) => {
      const text = promptText(given);
      return guarded(() => {
        const known = key === null ? undefined : one(byKey.get({ agent, key }));
        if (known) return { record: sameText(known, text), isNew: false };
        if (countOpen(agent) >= MOST_OPEN) throw tooMany(agent);
        const id = `p${now().toString(36)}${randomInt(36 ** 5)
          .toString(36)
          .padStart(5, "0")}`;
        const expires = ttl === undefined ? null : Math.min(now() + ttl, Number.MAX_SAFE_INTEGER);
        insert.run({ id, agent, text, key, priority, expires, now: now() });
        return { record: PromptRecord.parse(byId.get({ id })), isNew: true };
      });
    },
    change: ({ id, phase, attempt, reason = null }) => {
      guarded(() => update.run({ id, phase, attempt, reason, now: now() }));
    },
    finish: ({ id, end, answer }) => {
      const kept = answer === null ? null : answerText(answer);
      guarded(() => finish.run({ id, end, answer: kept, now: now() }));
    },
    unfinished: (agent) =>
      guarded(() => unfinished.all({ agent }).map((row) => PromptRecord.parse(row))),
    open: (agent) => guarded(() => opened.all({ agent }).map((row) => openPrompt(row))),
    count: (agent) => guarded(() => countOpen(agent)),
    find: (id) => guarded(() => one(byId.get({ id }))),
    list: ({ agent = null, most }) =>
      guarded(() => latest.all({ agent, most }).map((row) => PromptRecord.parse(row))),
    [Symbol.dispose]: () => database.close(),
  };
}

const tooMany = (agent: string): ForgeError =>
  new ForgeError("LIMIT_REACHED", `${MOST_OPEN} prompts wait for ${agent}`, {
    fix: `see why it takes none: forge ps, forge attach ${agent}; forge prompts cancel ID takes one back`,
  });

function sameText(known: PromptRecord, text: string): PromptRecord {
  if (known.text === text) return known;
  throw new ForgeError(
    "PROMPT_KEY_TAKEN",
    `the key ${known.key} is of another prompt, ${known.id}`,
    {
      fix: "give another key, or the text of that prompt",
    },
  );
}

function openPrompt(row: unknown): OpenPrompt {
  const { id, text, sequence, priority, expires, phase, attempt } = PromptRecord.parse(row);
  const prompt: Prompt = { id, text, sequence, priority, expires };
  return { prompt, phase: phase === "delivering" ? phase : "queued", attempt };
}
