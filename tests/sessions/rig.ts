import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { readerOf } from "../../daemon/transcript/reader.ts";
import { type Turn, turnsOf } from "../../daemon/transcript/turns.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import type { SessionFiles } from "../../schema/session-record.ts";

/** Session files that real harnesses wrote, asked by the stub. Paths of the machine and long records are taken out. */
export const CAPTURED = HARNESSES.flatMap(({ name, sessions }) =>
  sessions === null ? [] : [{ name, sessions, file: join(import.meta.dirname, `${name}.jsonl`) }],
);
export type Captured = (typeof CAPTURED)[number];

const SESSION = "01a22746-92c0-78f1-b5a5-c3b6dda1129c";

const Row = z.strictObject({
  table: z.enum(["message", "part"]),
  id: z.string(),
  message_id: z.string().exactOptional(),
  session_id: z.string(),
  time_created: z.int(),
  data: z.string(),
});

/** A path that the pattern finds. */
export const pathOf = ({ path }: SessionFiles, session: string): string =>
  path
    .replaceAll("{session}", session)
    .replaceAll("{short}", session.slice(0, 8))
    .replaceAll("*", "x");

export interface Home extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
}

/** A state directory as the harness left it; `lines` is as much of what it wrote as a test wants. */
export async function homeOf({ sessions, file }: Captured, lines = Infinity): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "forge-sessions-"));
  const text = await readFile(file, "utf8");
  const rows = text.trimEnd().split("\n").slice(0, lines);
  const first = sessions.query === null ? undefined : Row.parse(JSON.parse(rows[0] ?? ""));
  const session = first?.session_id ?? SESSION;
  const path = join(folder, pathOf(sessions, session));
  await mkdir(join(folder, ".forge"));
  await writeFile(join(folder, ".forge/session"), `${session}\n`);
  await mkdir(dirname(path), { recursive: true });
  if (sessions.query === null) await writeFile(path, `${rows.join("\n")}\n`);
  else fill(path, rows);
  return {
    ...{ folder, file: path },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function fill(path: string, rows: readonly string[]): void {
  using database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
    CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER, data TEXT);`);
  for (const row of rows.map((text) => Row.parse(JSON.parse(text)))) {
    const { table, id, message_id, session_id, time_created, data } = row;
    const values = [id, ...(message_id === undefined ? [] : [message_id]), session_id];
    const all = [...values, time_created, data];
    database.prepare(`INSERT INTO ${table} VALUES (${all.map(() => "?")})`).run(...all);
  }
}

/** All turns, as the reader gives them. */
export async function turnsIn(captured: Captured): Promise<readonly Turn[]> {
  await using home = await homeOf(captured);
  const { entries } = await readerOf({ home: home.folder, sessions: captured.sessions })();
  return turnsOf(entries.map(({ record }) => record));
}
