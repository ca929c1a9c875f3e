import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as z from "zod";
import { AgentOnHost } from "../../../schema/command-output.ts";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

/** An agent that fills its disk: a small file system in the place of a workspace. */
const machine = openMachine();
const quiet = agentOn(machine, "quiet");
const OWN = "/srv/quiet";
const OTHER = "/srv/it's linked/codex"; // the workspace of an agent that does not run

const mount = (at: string) =>
  machine.bash('mkdir -p "$1"; mount -t tmpfs -o size=8M,nr_inodes=200 lab "$1"', { args: [at] });
const look = () => machine.systemctl("start", "forge-disk.service");
/** What the journal has of it since then. */
const told = async (cursor: string) => {
  const lines = await machine.journal(cursor, "SYSLOG_IDENTIFIER=forge");
  const about = lines.filter((line) => String(line["FORGE_EVENT"]).startsWith("disk-"));
  return about.map((line) => ["EVENT", "PATH", "OF", "LEFT"].map((key) => line[`FORGE_${key}`]));
};
const ps = (...options: readonly string[]) =>
  machine.run("forge", ["ps", ...options], { user: "nobody" });
const warnings = async () => (await ps()).stderr;
/** Leaves so many of 2048 blocks. */
const leave = (blocks: number, at = OWN) =>
  machine.bash('rm -f "$2/fill"; fallocate -l "$((8192 - $1 * 4))K" "$2/fill"', {
    args: [String(blocks), at],
  });

before(async () => {
  await machine.systemctl("stop", quiet.unit);
  await mount(OWN);
  await machine.bash(`chown forge-a-quiet: ${OWN}; chmod 700 ${OWN}`);
  await quiet.fresh();
});
after(async () => {
  await machine.systemctl("stop", quiet.unit);
  await machine.run("umount", [OWN]);
  await machine.run("umount", [OTHER]);
  await look();
  await quiet.fresh();
});

test("somebody looks every minute, and without a word", async () => {
  const { ActiveState } = await machine.show("forge-disk.timer", "ActiveState");
  assert.equal(ActiveState, "active");
  const cursor = await machine.cursor();
  await look();
  assert.deepEqual(await machine.journal(cursor, "UNIT=forge-disk.service"), []);
  assert.deepEqual(await told(cursor), []);
  assert.equal(await warnings(), "");
});

test("an agent fills its file system: one line in the journal, and a warning as long as that holds", async () => {
  const cursor = await machine.cursor();
  const answer = await quiet.ask(
    "cd ~; PATH=/usr/bin; head -c 100M /dev/zero >/srv/quiet/fill; df --output=pcent /srv/quiet",
  );
  assert.match(answer, /100%/);
  for (let round = 0; round < 3; round++) await look();
  assert.deepEqual(await told(cursor), [["disk-low", OWN, "space", "0"]]);
  const [line] = await machine.journal(cursor, "FORGE_EVENT=disk-low");
  assert.equal(line?.["PRIORITY"], "4");
  assert.equal(line?.["FORGE_BY"], "root");
  assert.match(
    String(line?.["MESSAGE"]),
    /^only 0 % of the space left for \/srv\/quiet: remove files, or see docs\/nixos\.md/,
  );
  const warning = /^warning: the disk of \/srv\/quiet is nearly full: 0 % .*\n {2}→ remove files/;
  assert.match(await warnings(), warning);
  const { stdout, stderr } = await ps("--json");
  assert.match(stderr, warning);
  assert.ok(z.array(AgentOnHost).parse(JSON.parse(stdout)).length > 4, "JSON stays JSON");
});

test("a second file system is told by itself, whatever its name", async () => {
  const cursor = await machine.cursor();
  await mount(OTHER);
  await leave(50, OTHER);
  await look();
  assert.deepEqual(await told(cursor), [["disk-low", OTHER, "space", "2"]]);
  assert.equal((await warnings()).match(/^warning: /gm)?.length, 2);
});

test("what is low stays so until there is a little more, and then ends with a line", async () => {
  await machine.bash('umount "$1"', { args: [OTHER] });
  await look();
  const cursor = await machine.cursor();
  await leave(110); // 5.4 %
  await look();
  assert.deepEqual(await told(cursor), []);
  await leave(130); // 6.3 %
  await look();
  assert.deepEqual(await told(cursor), [["disk-ok", OWN, undefined, undefined]]);
  assert.equal(await warnings(), "");
  await leave(110);
  await look();
  assert.equal(await warnings(), "");
});

test("files count too, not only their size", async () => {
  await machine.bash(`rm ${OWN}/fill`);
  const cursor = await machine.cursor();
  await quiet.ask("for i in {1..300}; do : >/srv/quiet/f$i || break; done");
  await look();
  assert.deepEqual(await told(cursor), [["disk-low", OWN, "files", "0"]]);
  assert.match(await warnings(), /0 % of the files that it can have are left \(8M free\)/);
  await machine.bash(`rm ${OWN}/f*`);
});
