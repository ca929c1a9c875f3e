import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { isAlive } from "../../../tests/e2e/up-lab.ts";
import { systemClock } from "../../clock.ts";
import { parseMessage } from "./channel.ts";
import { killMarked, markedProcesses } from "./processes.ts";
import { makeRuntimeFolder, removeFolder } from "./runtime-folder.ts";
import { PANE, VIEW } from "./tmux-texts.ts";
import { findTools } from "./tools.ts";

test("reports are read, and what makes no sense is dropped", () => {
  assert.deepEqual(parseMessage("started 1 20 30"), {
    kind: "started",
    run: 1,
    group: 20,
    pid: 30,
  });
  assert.deepEqual(parseMessage("ended 2 143"), { kind: "ended", run: 2, code: 143 });
  assert.deepEqual(parseMessage("died 2"), { kind: "died", run: 2 });
  for (const text of ["", "died ", "died x", "ended 2", "ended 1 2 3", "started 1 2", "quit 1"]) {
    assert.equal(parseMessage(text), undefined, text);
  }
});

test("the scripts are bash", () => {
  for (const script of [PANE, VIEW]) execFileSync("bash", ["-n"], { input: script });
});

test("missing programs are named together, with the packages that bring them", async () => {
  await assert.rejects(findTools("/nowhere:relative"), {
    code: "TOOL_MISSING",
    message: "not found on PATH: tmux, bash, jq, flock, mkfifo, sleep",
    fix: "install with: apt-get install tmux bash jq util-linux coreutils",
  });
  await assert.rejects(findTools("/nowhere", { databases: true }), {
    message: "not found on PATH: tmux, bash, jq, sqlite3, flock, mkfifo, sleep",
  });
});

test("marked processes are found with those of their children that cleared the mark", async () => {
  const run = randomUUID();
  const script = "env -i sleep 1000 & echo $!; wait";
  const env = { PATH: process.env["PATH"], FORGE_RUN: `${run}/a` };
  const child = spawn("bash", ["-c", script], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const hidden = Number(String(line));
  assert.deepEqual(await markedProcesses(`${run}/b`), []);
  assert.deepEqual(await markedProcesses(run.slice(0, -1)), []);
  const found = await markedProcesses(run);
  assert.deepEqual([...found].sort(), [child.pid, hidden].sort());
  const exit = once(child, "exit");
  await killMarked(`${run}/a`, systemClock);
  await exit;
  assert.equal(await isAlive(hidden), false);
});

test("sockets get a short, plain, private folder", async () => {
  const long = `/tmp/${"x".repeat(80)}`;
  const folder = await makeRuntimeFolder([undefined, "/nowhere", "/tmp/a b", "relative", long]);
  assert.match(folder, /^\/tmp\/forge-\w{6}$/);
  await removeFolder(folder);
});
