import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import { type SessionFiles, textOf } from "../../schema/session-record.ts";
import { type Held, readerOf } from "./reader.ts";

let home = "";
let file = "";
const ID = "0123456789abcdef";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "forge-transcript-"));
  mkdirSync(join(home, ".forge"));
  mkdirSync(join(home, "s/day"), { recursive: true });
  writeFileSync(join(home, ".forge/session"), `${ID}\n`);
  file = join(home, `s/day/${ID}.jsonl`);
});
afterEach(() => rmSync(home, { recursive: true }));

const sessions = (path = "s/*/{session}.jsonl", query: string | null = null): SessionFiles => ({
  ...{ path, query },
  read: (record) => {
    const text = textOf(record, "text");
    return text === null ? [] : [{ kind: "text", text, at: 1, turn: null }];
  },
});
const LIMITS = { line: 1000, read: 4000, lines: 20, behind: 8000 };
const reader = (files = sessions(), timeout = 20_000) =>
  readerOf({ home, sessions: files, limits: LIMITS, timeout });
const line = (text: string): string => `${JSON.stringify({ text })}\n`;
const textsIn = ({ entries }: Held): readonly string[] =>
  entries.map(({ record }) => ("text" in record ? record.text : record.kind));

test("each record is read once, when its line is complete", async () => {
  const read = reader();
  assert.deepEqual(textsIn(await read()), [], "no file yet");
  writeFileSync(file, `${line("one")}{"text":`);
  assert.deepEqual(textsIn(await read()), ["one"]);
  appendFileSync(file, `"two"}\n`);
  const { entries } = await read();
  assert.deepEqual(textsIn({ entries, hasMore: false }), ["one", "two"]);
  assert.equal(new Set(entries.map(({ key }) => key)).size, 2);
});

for (const [what, change] of [
  ["cut off", () => truncateSync(file, 0)],
  [
    "replaced",
    () => {
      writeFileSync(`${file}.new`, "");
      renameSync(`${file}.new`, file);
    },
  ],
] as const) {
  test(`a file that is ${what} is read from its beginning, under other keys`, async () => {
    const read = reader();
    writeFileSync(file, line("before"));
    const [old] = (await read()).entries;
    change();
    await read();
    appendFileSync(file, line("after"));
    const { entries } = await read();
    assert.deepEqual(textsIn({ entries, hasMore: false }), ["after"]);
    assert.notEqual(entries[0]?.key, old?.key);
  });
}

test("the newest of several files counts, also one that comes later", async () => {
  const read = reader();
  writeFileSync(file, line("old"));
  utimesSync(file, 1, 1);
  mkdirSync(join(home, "s/later"));
  assert.deepEqual(textsIn(await read()), ["old"]);
  writeFileSync(join(home, `s/later/${ID}.jsonl`), line("new"));
  for (let look = 0; look < 20; look++) await read();
  assert.deepEqual(textsIn(await read()), ["new"]);
});

test("another conversation is another file", async () => {
  const read = reader();
  writeFileSync(file, line("one"));
  writeFileSync(join(home, "s/day/other.jsonl"), line("two"));
  assert.deepEqual(textsIn(await read()), ["one"]);
  writeFileSync(join(home, ".forge/session"), "other\n");
  assert.deepEqual(textsIn(await read()), ["two"]);
});

const whatever = async (read: () => Promise<Held>): Promise<readonly string[]> => {
  for (;;) {
    const held = await read();
    if (!held.hasMore) return textsIn(held);
  }
};

/** What an agent may do to its own files. The line `good` is written behind it where that is possible. */
const CONTENTS: { readonly [what: string]: () => void } = {
  "a line without an end": () => writeFileSync(file, `${"x".repeat(50_000)}\n`),
  "a record that is too long": () => writeFileSync(file, line("x".repeat(5000))),
  "deep nesting": () => writeFileSync(file, `${"[".repeat(900)}\n${'{"a":'.repeat(190)}\n`),
  "bytes that are no text": () =>
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0, 0x0a, 0xc3, 0x0a])),
  "no JSON": () => writeFileSync(file, '{"text":1}\n{"text"\nnull\n7\n[]\n"text"\n\n{}\n'),
  "a name of Object's": () => writeFileSync(file, '{"__proto__":{"text":"x"},"constructor":1}\n'),
  "many short lines": () => writeFileSync(file, "{}\n".repeat(3000)),
  "a terabyte of nothing": () => {
    writeFileSync(file, "");
    truncateSync(file, 1024 ** 4);
    appendFileSync(file, "\n");
  },
};
for (const [what, write] of Object.entries(CONTENTS)) {
  test(`${what} is passed over, and what follows is read`, async () => {
    write();
    appendFileSync(file, line("good"));
    assert.deepEqual(await whatever(reader()), ["good"]);
  });
}

test("one look at a long file reads a part, and of one that is too long only the end", async () => {
  writeFileSync(file, line("first"));
  const read = reader();
  await read();
  for (let n = 0; n < 30; n++) appendFileSync(file, line(`${n}`));
  const held = await read();
  assert.equal(held.hasMore, true);
  assert.equal(held.entries.length, 21);
  assert.deepEqual(textsIn(await read()).slice(-2), ["28", "29"]);
  appendFileSync(file, line("x".repeat(500)).repeat(40) + line("last"));
  const texts = await whatever(read);
  assert.equal(texts.at(-1), "last");
  assert.ok(texts.length < 31 + 20);
});

const fifo = (path: string) => execFileSync("mkfifo", [path]);
const SECRET = () => {
  const path = join(home, "elsewhere.jsonl");
  writeFileSync(path, line("secret"));
  return path;
};
const OTHERS: { readonly [what: string]: () => unknown } = {
  nothing: () => {},
  "a pipe": () => fifo(file),
  "a link": () => symlinkSync(SECRET(), file),
  "a link to a device": () => symlinkSync("/dev/zero", file),
  "a directory": () => mkdirSync(file),
  "a socket": async () => {
    const server = createServer().listen(file);
    await new Promise((resolve) => server.once("listening", resolve));
    server.unref();
  },
  "a link instead of a directory": () => {
    mkdirSync(join(home, "hidden"));
    writeFileSync(join(home, `hidden/${ID}.jsonl`), line("secret"));
    symlinkSync(join(home, "hidden"), join(home, "s/linked"));
  },
  "a pipe instead of a directory": () => fifo(join(home, "s/pipe")),
  "a file instead of a directory": () => writeFileSync(join(home, "s/file"), line("x")),
};
for (const [what, make] of Object.entries(OTHERS)) {
  test(`${what} is not read`, async () => {
    await make();
    assert.deepEqual(await whatever(reader()), []);
  });
}

for (const [what, make] of Object.entries({
  "a pipe": (path: string) => fifo(path),
  "a link": (path: string) => symlinkSync(join(home, "s"), path),
  "no name": (path: string) => writeFileSync(path, "../../etc\n"),
  "a pattern": (path: string) => writeFileSync(path, ".*\n"),
  endless: (path: string) => {
    writeFileSync(path, "");
    truncateSync(path, 1024 ** 4);
  },
})) {
  test(`a conversation's name that is ${what} is none: the newest file counts`, async () => {
    writeFileSync(file, line("read"));
    const path = join(home, ".forge/session");
    rmSync(path);
    make(path);
    assert.deepEqual(await whatever(reader()), ["read"]);
  });
}

const QUERY =
  "SELECT key, text FROM t WHERE session = $session AND $most AND $bytes ORDER BY key DESC";
const database = (sql: string): DatabaseSync => {
  const opened = new DatabaseSync(join(home, "s.db"));
  opened.exec(sql);
  return opened;
};
const GOOD = `CREATE TABLE t (key TEXT, session TEXT, text TEXT); INSERT INTO t VALUES ('k', '${ID}', 'good');`;

test("a database is read while the harness has it open, and again when it has changed", async () => {
  using harness = database(`PRAGMA journal_mode = WAL; ${GOOD}`);
  const read = reader(sessions("s.db", QUERY));
  assert.deepEqual(textsIn(await read()), ["good"]);
  harness.exec(`INSERT INTO t VALUES ('l', '${ID}', 'more'), ('m', 'other', 'not ours')`);
  const held = await read();
  assert.deepEqual(textsIn(held), ["good", "more"]);
  assert.deepEqual(
    held.entries.map(({ key }) => key),
    ["k", "l"],
  );
});

test("a query that takes too long is given up", async () => {
  database(GOOD).close();
  const endless = `WITH RECURSIVE n(i) AS (SELECT $most UNION ALL SELECT i + 1 FROM n)
    SELECT i AS key, $session AS text FROM n WHERE i < $bytes - $bytes`;
  const start = performance.now();
  assert.deepEqual(await whatever(reader(sessions("s.db", endless), 500)), []);
  assert.ok(performance.now() - start < 10_000);
});

test("of too many rows the newest are kept", async () => {
  database(`CREATE TABLE t (key INTEGER, session TEXT, text TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO t SELECT i, '${ID}', i || hex(zeroblob(50000)) FROM n`).close();
  const texts = await whatever(reader(sessions("s.db", QUERY)));
  assert.ok(texts.length > 10 && texts.length < 100);
  assert.ok(texts.at(-1)?.startsWith("2000"));
});

const DATABASES: { readonly [what: string]: () => unknown } = {
  "is none": () => writeFileSync(join(home, "s.db"), "no database".repeat(500)),
  "is empty": () => writeFileSync(join(home, "s.db"), ""),
  "is a pipe": () => fifo(join(home, "s.db")),
  "is a link": () => {
    database(GOOD).close();
    renameSync(join(home, "s.db"), join(home, "other.db"));
    symlinkSync(join(home, "other.db"), join(home, "s.db"));
  },
  "has a pipe for a log": () => {
    database(GOOD).close();
    fifo(join(home, "s.db-wal"));
  },
  "has another form": () => database("CREATE TABLE t (key TEXT)").close(),
  "computes what it gives": () =>
    database(
      `CREATE VIEW t AS SELECT 'k' AS key, '${ID}' AS session, hex(zeroblob(400000000)) AS text`,
    ).close(),
  "has a generated column": () =>
    database(`CREATE TABLE t (key TEXT, session TEXT, text TEXT AS ('x'));
      INSERT INTO t VALUES ('k', '${ID}')`).close(),
  "is locked": () =>
    database(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; ${GOOD}`),
};
for (const [what, make] of Object.entries(DATABASES)) {
  test(`a database that ${what} gives nothing`, async () => {
    const made = make();
    assert.deepEqual(await whatever(reader(sessions("s.db", QUERY))), []);
    if (made instanceof DatabaseSync) made.close();
  });
}
