import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** What scripts see at a real tmux server that answers, is stopped, and is gone. */
test("a look tells a terminal that does not answer from one that is gone", async () => {
  const directory = await mkdtemp(join(tmpdir(), "forge-look-"));
  const socket = join(directory, "sock");
  const programs = [
    ["@tmux@", "tmux"],
    ["@coreutils@/", ""],
    ["/run/forge/tty/$name/sock", socket],
  ] as const;
  const text = readFileSync(new URL("terminal.bash", import.meta.url), "utf8");
  const script = programs.reduce((done, [from, to]) => done.replaceAll(from, () => to), text);
  const inBash = (commands: string) =>
    spawnSync("bash", ["--norc", "-c", `name=a answer_within=1\n${script}\n${commands}`], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], LANG: "C.UTF-8" },
    }).stdout;
  const look = 'look; echo "$? ${screen[0]-}"';
  try {
    assert.equal(inBash(look), "1 \n", "before it is made");
    const server = inBash(`tmux -S ${socket} -f /dev/null new-session -d -s agent 'echo here; read'
      tmux -S ${socket} display-message -p '#{pid}'`).trim();
    inBash(`until ${look.replace(/;.*/, "")} && [[ \${screen[0]} == here ]]; do sleep 0.05; done`);
    assert.equal(inBash(look), "0 here\n");
    process.kill(Number(server), "SIGSTOP");
    assert.equal(inBash(look), "2 \n");
    process.kill(Number(server), "SIGCONT");
    assert.equal(inBash(look), "0 here\n");
    process.kill(Number(server), "SIGKILL");
    assert.equal(inBash(look), "1 \n", "killed");
  } finally {
    inBash(`tmux -S ${socket} kill-server`);
    await rm(directory, { recursive: true });
  }
});
