import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Agent, agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { personAt } from "../person.ts";

/** What an agent prints reaches administrators and the journal: it neither acts on a terminal nor silences forge. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const calm = agentOn(machine, "calm");

after(async () => void (await subject.renewed()));

test("an agent's last words do nothing to the terminal of who restarts it", async () => {
  const words = "\\033]52;c;ZXZpbA==\\a\\033]2;evil\\a\\033[2J\\302\\2332J\\rUNIT_FINE";
  await using _ = await machine.override(
    subject.unit,
    `ExecStart=\nExecStart=/bin/sh -c "printf '${words.replaceAll("\\", "\\\\")}\\\\n' >&2; exit 78"`,
  );
  const { status, stderr } = await machine.run("forge", ["restart", "subject"]);
  assert.equal(status, 1);
  assert.match(stderr, /\\x1b\]52;c;ZXZpbA==\\x07\\x1b\]2;evil\\x07\\x1b\[2J\\x9b2J\\x0dUNIT_FINE/);
  assert.doesNotMatch(stderr, /(?!\n)\p{Cc}/u);
});

/** More than journald takes of one unit. */
const FLOOD = "for ((i = 0; i < 40000; i++)); do echo flood; done";

const events = async (cursor: string, agent: string) =>
  (await machine.journal(cursor, "SYSLOG_IDENTIFIER=forge", `FORGE_AGENT=${agent}`)).map(
    (line) => line["FORGE_EVENT"],
  );
const tells = (cursor: string, agent: string, expected: readonly string[]) =>
  until(
    `lines of ${agent}: ${expected}`,
    async () => (await events(cursor, agent)).join() === expected.join(),
    { seen: async () => (await events(cursor, agent)).join() },
  );

/** Starts anew; its lines are written. */
async function settled(agent: Agent): Promise<number> {
  const cursor = await machine.cursor();
  const pid = await agent.renewed();
  await until("its last line", async () => (await events(cursor, agent.name)).includes("ready"));
  return pid;
}

test("what an agent writes into the journal does not keep forge's lines out", async () => {
  const pid = await settled(subject);
  const cursor = await machine.cursor();
  await subject.type(`(${FLOOD}) >&2; echo flooded`);
  await until("the flood", async () => /^flooded/m.test(await subject.screen()));
  await machine.bash(`kill -KILL ${pid}`);
  await subject.ready(pid);
  await tells(cursor, "subject", ["exited", "started", "ready"]);
});

test("what a logged terminal shows does not keep forge's lines out", async () => {
  await using _ = await machine.override(subject.unit, "Environment=FORGE_LOG_TERMINAL=yes");
  await settled(subject);
  const cursor = await machine.cursor();
  await subject.type(`${FLOOD}; clear; echo flooded`);
  await until("the flood", async () => /^flooded/m.test(await subject.screen()));
  await calm.renewed();
  await tells(cursor, "calm", ["exited", "started", "ready"]);
  {
    await using ada = await personAt(machine, "ada", "forge attach --take calm");
    await ada.sees(/^>/m);
  }
  await tells(cursor, "calm", ["exited", "started", "ready", "take-begin", "take-end"]);
});

test("who says what of forge's lines, no agent decides", async () => {
  const cursor = await machine.cursor();
  await settled(subject);
  const lie =
    "SYSLOG_IDENTIFIER=forge\\nFORGE_AGENT=calm\\nFORGE_EVENT=exited\\nFORGE_BY=root\\nMESSAGE=a lie";
  const send = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0);
    connect($s, sockaddr_un("/run/forge/doors/journal.sock")) or die "$!"; send($s, "${lie}\\n", 0) or die "$!"`;
  assert.equal((await machine.run("perl", ["-e", send], { user: "forge-tty" })).status, 0);
  for (const user of ["bea", "ada", "forge-a-calm"]) {
    const { stderr } = await machine.run("perl", ["-e", send], { user });
    assert.match(stderr, /Permission denied/);
  }
  const lines = await machine.journal(
    cursor,
    "_SYSTEMD_UNIT=forge-journal.service",
    "FORGE_AGENT=subject",
  );
  const by = Object.fromEntries(lines.map((line) => [line["FORGE_EVENT"], line["FORGE_BY"]]));
  assert.deepEqual(by, { exited: "root", started: "root", ready: "forge-tty" });
  assert.deepEqual(await machine.journal(cursor, "MESSAGE=a lie"), []);
});
