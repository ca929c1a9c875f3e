import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { spool } from "../../cli/host/spool.ts";
import { ForgeError } from "../../schema/errors.ts";
import { takeSpool } from "./spool.ts";

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "forge-spool-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function take(path: string) {
  const texts: string[] = [];
  const refused: string[] = [];
  await takeSpool({
    folder: path,
    accept: async ({ text }) => {
      if (text === "no") throw new ForgeError("PROMPT_REFUSED", "no", { fix: "" });
      if (text === "later") throw new ForgeError("LEDGER_UNWRITABLE", "full", { fix: "" });
      texts.push(text);
    },
    refuse: (file) => refused.push(file.slice(path.length + 1)),
  });
  return { texts, refused };
}

test("prompts are taken once, in the order in which they were sent", async () => {
  await using at = await folder();
  for (const text of ["one", "two\n\t\u001b", "three"])
    await spool({ agent: "a", text, key: text, sent: 1_700_000_000_000 }, at.path);
  assert.deepEqual(await take(at.path), { texts: ["one", "two\n\t\u001b", "three"], refused: [] });
  assert.deepEqual(await readdir(at.path), []);
});

test("what is no prompt, or is refused, stays aside and keeps nothing from being taken", async () => {
  await using at = await folder();
  await writeFile(join(at.path, "1.json"), "{");
  await writeFile(join(at.path, "2.json"), '{"agent":"../a","text":"","key":"k","sent":1}');
  await symlink("/etc/passwd", join(at.path, "3.json"));
  await writeFile(join(at.path, ".4.json"), "is being written");
  await spool({ agent: "a", text: "no", key: "k", sent: 5 }, at.path);
  await spool({ agent: "a", text: "yes", key: "l", sent: 6 }, at.path);
  const { texts, refused } = await take(at.path);
  assert.deepEqual([texts, refused.length], [["yes"], 4]);
  assert.equal((await readdir(at.path)).filter((name) => name.endsWith(".refused")).length, 4);
  assert.deepEqual(await take(at.path), { texts: [], refused: [] });
});

test("what may pass keeps its place, and those behind it theirs", async () => {
  await using at = await folder();
  for (const text of ["later", "yes"])
    await spool({ agent: "a", text, key: text, sent: 7 }, at.path);
  assert.deepEqual((await take(at.path)).texts, []);
  assert.equal((await readdir(at.path)).filter((name) => name.endsWith(".json")).length, 2);
});

test("a name that has no room for more, and one that is taken aside already, stop nobody", async () => {
  await using at = await folder();
  const long = `1${"x".repeat(249)}.json`;
  for (const name of [long, "2.json"]) await writeFile(join(at.path, name), "{");
  await mkdir(join(at.path, "2.json.refused"));
  await spool({ agent: "a", text: "yes", key: "k", sent: 8 }, at.path);
  assert.deepEqual((await take(at.path)).texts, ["yes"]);
});

test("there may be no spool", async () => {
  assert.deepEqual(await take("/nonexistent"), { texts: [], refused: [] });
});
