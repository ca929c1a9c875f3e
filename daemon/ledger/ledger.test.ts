import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import { ForgeError } from "../../schema/errors.ts";
import { openLedger } from "./ledger.ts";
import { MOST_BYTES, MOST_OF_ANSWER } from "./text.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forge-ledger-"));
  file = join(folder, "prompts.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

let time = 1_000;
const now = () => time;
const opened = () => openLedger(file, { now });

const refused = (work: () => unknown, code: string, said: RegExp) =>
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof ForgeError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, said);
    return true;
  });

test("a prompt is kept as it was accepted, with its changes, for whoever opens the ledger next", () => {
  time = 5_000;
  const id = (() => {
    using ledger = opened();
    const { record, isNew } = ledger.accept({ agent: "a", text: "do\r\nthis\t✓", ttl: 60_000 });
    assert.ok(isNew);
    ledger.accept({ agent: "b", text: "other" });
    time = 6_000;
    ledger.change({ id: record.id, phase: "delivering", attempt: 1 });
    return record.id;
  })();
  using ledger = opened();
  const prompt = { id, text: "do\nthis\t✓", sequence: 1, priority: 0, expires: 65_000 };
  assert.deepEqual(ledger.open("a"), [{ prompt, phase: "delivering", attempt: 1 }]);
  ledger.change({ id, phase: "submitted", attempt: 1, reason: "the harness reported it" });
  assert.deepEqual(ledger.open("a"), []);
  const { phase, reason, accepted, changed, agent } = ledger.find(id) ?? {};
  assert.deepEqual(
    { phase, reason, accepted, changed, agent },
    {
      phase: "submitted",
      reason: "the harness reported it",
      accepted: 5_000,
      changed: 6_000,
      agent: "a",
    },
  );
  assert.deepEqual(
    ledger.list({ most: 10 }).map(({ agent }) => agent),
    ["b", "a"],
  );
  assert.equal(ledger.list({ agent: "a", most: 10 }).length, 1);
  assert.equal(ledger.find("nothing"), undefined);
});

test("the same key is the same prompt; with another text it is refused", () => {
  using ledger = opened();
  const first = ledger.accept({ agent: "a", text: "x", key: "k" });
  const again = ledger.accept({ agent: "a", text: "x", key: "k" });
  assert.deepEqual(again, { record: first.record, isNew: false });
  refused(
    () => ledger.accept({ agent: "a", text: "y", key: "k" }),
    "PROMPT_KEY_TAKEN",
    /key k is of/,
  );
  assert.ok(ledger.accept({ agent: "b", text: "y", key: "k" }).isNew, "keys are each agent's own");
  assert.equal(ledger.open("a").length, 1);
});

for (const [what, text, said] of [
  ["nothing", "", /empty/],
  ["blanks", " \t\n", /empty/],
  ["a lone surrogate", "a\ud800", /well-formed/],
  ["an escape", "a\nb\u001b[201~", /line 2 has the control character U\+001B/],
  ["a bell", "\u0007", /line 1 has the control character U\+0007/],
  ["a carriage return alone", "a\rb", /U\+000D/],
  ["NUL", "a\0", /U\+0000/],
  ["a C1 control", "\u009b", /U\+009B/],
  ["too much", "é".repeat(MOST_BYTES / 2 + 1), /at most 262144/],
] as const) {
  test(`a text with ${what} is refused, and nothing is kept`, () => {
    using ledger = opened();
    refused(() => ledger.accept({ agent: "a", text }), "PROMPT_REFUSED", said);
    assert.deepEqual(ledger.list({ most: 1 }), []);
  });
}

const WRITER = `import { openLedger } from ${JSON.stringify(join(import.meta.dirname, "ledger.ts"))};
const ledger = openLedger(process.argv[1], { now: Date.now });
for (;;) console.log(ledger.accept({ agent: "a", text: "x" }).record.id);`;

test("what was accepted is there after kill -9", async () => {
  const told: string[] = [];
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", WRITER, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout);
    lines.on("line", (id) => {
      told.push(id);
      if (told.length >= (round + 1) * 20) child.kill("SIGKILL");
    });
    await Promise.all([once(child, "close"), once(lines, "close")]);
  }
  using ledger = opened();
  const kept = new Set(ledger.open("a").map(({ prompt }) => prompt.id));
  assert.ok(told.length >= 100);
  assert.deepEqual(
    told.filter((id) => !kept.has(id)),
    [],
  );
});

const damages = {
  "cut in half": () => truncateSync(file, 6_000),
  "no database": () => writeFileSync(file, "these are not the prompts you want".repeat(300)),
  "overwritten in the middle": () => {
    const bytes = readFileSync(file);
    bytes.fill(0x41, 4_096, 12_288);
    writeFileSync(file, bytes);
  },
};
for (const [what, damage] of Object.entries(damages)) {
  test(`a file that is ${what} is refused and left as it is`, () => {
    {
      using ledger = opened();
      for (let i = 0; i < 100; i++) ledger.accept({ agent: "a", text: "x".repeat(200) });
    }
    damage();
    const before = readFileSync(file);
    refused(opened, "LEDGER_UNREADABLE", /prompts\.db is damaged: /);
    assert.deepEqual(readFileSync(file), before);
  });
}

/** A ledger as version 1 made it. */
function former(): void {
  using database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE prompts (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, agent TEXT NOT NULL, text TEXT NOT NULL,
      key TEXT, priority INTEGER NOT NULL, expires INTEGER, phase TEXT NOT NULL, attempt INTEGER NOT NULL, reason TEXT,
      accepted INTEGER NOT NULL, changed INTEGER NOT NULL, UNIQUE (agent, key)
    ) STRICT;
    CREATE INDEX open_prompts ON prompts (agent, sequence) WHERE phase IN ('queued', 'delivering');
    INSERT INTO prompts VALUES
      (1, 'p1', 'a', 'done', 'k', 0, NULL, 'submitted', 1, 'the harness reported it', 1, 2),
      (2, 'p2', 'a', 'waits', NULL, 0, NULL, 'queued', 0, NULL, 3, 3);
    PRAGMA user_version = 1;`);
}

test("a file of the former version is opened with all its prompts, and can be finished", () => {
  former();
  for (const time of [1, 2]) {
    using ledger = opened();
    assert.deepEqual(
      ledger.open("a").map(({ prompt }) => prompt.text),
      ["waits"],
      `opened ${time} times`,
    );
    assert.deepEqual(
      ledger.list({ most: 9 }).map(({ text, finished, handed }) => [text, finished, handed]),
      [
        ["waits", null, null],
        ["done", null, null],
      ],
    );
  }
  using ledger = opened();
  const [done] = ledger.unfinished("a");
  assert.equal(done?.text, "done");
  ledger.finish({ id: done.id, end: "finished", answer: "yes" });
  assert.equal(ledger.find(done.id)?.answer, "yes");
});

test("a submitted prompt is finished once, with its answer", () => {
  using ledger = opened();
  const { id } = ledger.accept({ agent: "a", text: "x" }).record;
  ledger.finish({ id, end: "finished", answer: "too early" });
  assert.equal(ledger.find(id)?.finished, null);
  time = 7_000;
  ledger.change({ id, phase: "delivering", attempt: 1 });
  time = 8_000;
  ledger.change({ id, phase: "submitted", attempt: 1 });
  assert.deepEqual(
    ledger.unfinished("a").map(({ handed }) => handed),
    [7_000],
  );
  assert.deepEqual(ledger.unfinished("b"), []);
  time = 9_000;
  ledger.finish({ id, end: "failed", answer: "first" });
  time = 10_000;
  ledger.finish({ id, end: "finished", answer: "second" });
  const { finished, end, answer } = ledger.find(id) ?? {};
  assert.deepEqual({ finished, end, answer }, { finished: 9_000, end: "failed", answer: "first" });
  assert.deepEqual(ledger.unfinished("a"), []);
  assert.deepEqual(
    ledger.list({ most: 1 }).map(({ finished, answer }) => [finished, answer]),
    [[9_000, null]],
  );
});

test("of a long answer the beginning is kept, in whole characters", () => {
  for (const [said, kept] of [
    ["é".repeat(MOST_OF_ANSWER), "é".repeat(MOST_OF_ANSWER / 2)],
    [`a${"😀".repeat(MOST_OF_ANSWER / 4)}`, `a${"😀".repeat(MOST_OF_ANSWER / 4 - 1)}`],
    ["a\ud800b", "a\ufffdb"],
  ] as const) {
    using ledger = opened();
    const { id } = ledger.accept({ agent: "a", text: "x" }).record;
    ledger.change({ id, phase: "submitted", attempt: 1 });
    ledger.finish({ id, end: "finished", answer: said });
    assert.ok(ledger.find(id)?.answer === kept);
  }
});

test("a file of a newer forge is refused and left as it is", () => {
  opened()[Symbol.dispose]();
  const database = new DatabaseSync(file);
  database.exec("PRAGMA user_version = 7");
  database.close();
  const copy = join(folder, "copy");
  copyFileSync(file, copy);
  refused(opened, "LEDGER_UNREADABLE", /of a newer forge \(version 7\)/);
  assert.deepEqual(readFileSync(file), readFileSync(copy));
});

test("without its directory the ledger cannot be opened", () => {
  file = join(folder, "none/prompts.db");
  refused(opened, "LEDGER_UNWRITABLE", /none\/prompts\.db: unable to open/);
});

const root = { skip: process.getuid?.() !== 0 && "needs root" };
const inMount = (options: string, script: string) =>
  spawnSync(
    "unshare",
    [
      "--mount",
      "sh",
      "-euc",
      `mount -t tmpfs -o ${options} lab "$1"; exec "$2" --input-type=module-typescript -e "$3" "$1/prompts.db"`,
      ...["sh", folder, process.execPath, script],
    ],
    { encoding: "utf8" },
  );

test("a full disk refuses a prompt and keeps those before it", root, () => {
  const { stdout, stderr } = inMount(
    "size=400k",
    `import { openLedger } from ${JSON.stringify(join(import.meta.dirname, "ledger.ts"))};
    const open = () => openLedger(process.argv[1], { now: Date.now });
    let ledger = open(), count = 0, code;
    while (code === undefined) {
      try { ledger.accept({ agent: "a", text: "x".repeat(5000) }); count++; } catch (error) { code = error.code; }
    }
    ledger[Symbol.dispose]();
    ledger = open();
    console.log(code, count > 5, ledger.open("a").length === count);`,
  );
  assert.equal(stdout, "LEDGER_UNWRITABLE true true\n", stderr);
});

test("a disk that is read-only is told at once", root, () => {
  const { stdout } = inMount(
    "size=1M",
    `import { spawnSync } from "node:child_process";
    import { dirname } from "node:path";
    import { openLedger } from ${JSON.stringify(join(import.meta.dirname, "ledger.ts"))};
    openLedger(process.argv[1], { now: Date.now })[Symbol.dispose]();
    spawnSync("mount", ["-o", "remount,ro", dirname(process.argv[1])]);
    try { openLedger(process.argv[1], { now: Date.now }); } catch (error) { console.log(error.code); }`,
  );
  assert.equal(stdout, "LEDGER_UNWRITABLE\n");
});

test("an agent has a thousand open prompts at most; one that is known may be sent again", () => {
  using ledger = openLedger(":memory:", { now });
  for (let n = 0; n < 1000; n++) ledger.accept({ agent: "a", text: "x", key: String(n) });
  refused(() => ledger.accept({ agent: "a", text: "x" }), "LIMIT_REACHED", /^1000 prompts wait/);
  const { record, isNew } = ledger.accept({ agent: "a", text: "x", key: "7" });
  assert.equal(isNew, false);
  assert.ok(ledger.accept({ agent: "b", text: "x" }).isNew);
  ledger.change({ id: record.id, phase: "cancelled", attempt: 0 });
  assert.ok(ledger.accept({ agent: "a", text: "x" }).isNew);
});
