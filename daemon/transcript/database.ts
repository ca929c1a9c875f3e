import { execFile } from "node:child_process";
import type { FileHandle } from "node:fs/promises";
import { lstat, readlink } from "node:fs/promises";
import * as z from "zod";

/**
 * SQLite runs a query until it is done, and an agent can write a database on which it never is. So a process of its own
 * reads it, and is killed if it takes too long. What is computed and not stored could take any amount of memory: a database
 * with views, virtual tables or generated columns is not read.
 */
const PROGRAM = `
import { DatabaseSync } from "node:sqlite";
const { url, query, values, most } = JSON.parse(process.argv[1]);
const database = new DatabaseSync(new URL(url), { readOnly: true, timeout: 500 });
database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
const computed = database.prepare(\`
  SELECT 1 FROM pragma_table_list AS tables, pragma_table_xinfo(tables.name) AS columns
  WHERE tables.schema = 'main' AND (tables.type <> 'table' OR columns.hidden > 1)\`);
if (computed.get() === undefined) {
  const rows = [];
  let left = most;
  for (const row of database.prepare(query).iterate(values)) {
    for (const value of Object.values(row)) left -= String(value).length;
    if (left < 0) break;
    rows.push(row);
  }
  process.stdout.write(JSON.stringify(rows.reverse()));
}`;

/** Of the rows that are taken, and of what they are as JSON. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
const TIMEOUT = 5000;

export const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
export type Row = z.output<typeof Row>;
const Rows = z.array(Row);

interface Question {
  readonly query: string;
  readonly values: { readonly [parameter: string]: string | number };
}

/** The rows of a query, as long as the file and its log are as they were; nothing where they cannot be had. */
export function rowsOf(
  timeout = TIMEOUT,
): (handle: FileHandle, question: Question) => Promise<readonly Row[]> {
  let known = "";
  let rows: readonly Row[] = [];
  return async (handle, { query, values }) => {
    const file = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
    const log = file === undefined ? undefined : await logOf(file);
    if (file === undefined || log === undefined) return [];
    const { ino, size, mtimeNs } = await handle.stat({ bigint: true });
    const state = JSON.stringify([file, `${ino} ${size} ${mtimeNs}`, log.state, values]);
    if (state === known) return rows;
    const url = new URL("file:///");
    url.pathname = file;
    // Without a log nobody writes, and nothing is to be made beside the file.
    if (log.isEmpty) url.searchParams.set("immutable", "1");
    const answer = await ask({ url: url.href, query, values, most: MOST_CHARACTERS }, timeout);
    if (answer === undefined) return rows;
    [known, rows] = [state, answer];
    return rows;
  };
}

/** The log that SQLite keeps beside a database; nothing if what lies there is not SQLite's. */
async function logOf(
  file: string,
): Promise<{ readonly isEmpty: boolean; readonly state: string } | undefined> {
  const stats = [`${file}-wal`, `${file}-shm`].map((path) =>
    lstat(path, { bigint: true }).catch(() => undefined),
  );
  const [wal, shm] = await Promise.all(stats);
  if ([wal, shm].some((stat) => stat !== undefined && !stat.isFile())) return undefined;
  return { isEmpty: wal === undefined || wal.size === 0n, state: `${wal?.size} ${wal?.mtimeNs}` };
}

function ask(question: object, timeout: number): Promise<readonly Row[] | undefined> {
  const args = ["--no-warnings", "--max-old-space-size=128", "--input-type=module", "-e", PROGRAM];
  const limits = { timeout, killSignal: "SIGKILL", maxBuffer: MOST_BYTES } as const;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...args, JSON.stringify(question)],
      { ...limits, env: {} },
      (error, stdout) => resolve(error ? undefined : rowsIn(stdout)),
    );
  });
}

function rowsIn(text: string): readonly Row[] | undefined {
  try {
    return Rows.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // cut off
  }
}
