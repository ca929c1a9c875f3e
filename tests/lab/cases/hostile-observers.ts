import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { personAt } from "../person.ts";

/** Of the people on the host, ada is an operator, bea an observer. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const VIEW = "/run/forge/view.sock";
const TAKE = "/run/forge/take.sock";

/** Opens connections, says something on each, reads nothing. */
const CONNECT = `
  use Socket;
  my ($path, $count, @words) = @ARGV;
  my @all;
  for (1..$count) {
    socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0); connect($s, sockaddr_un($path)) or next;
    push @all, $s; for my $word (@words) { send($s, $word, 0x4000); select(undef, undef, undef, 0.02) } }
  sleep 1000`;

async function connected(user: string, path: string, count: number, words: readonly string[]) {
  const unit = `lab-observer-${user}.service`;
  const group = path === TAKE ? "forge-operators" : "forge-observers";
  const as = [`--uid=${user}`, `--property=SupplementaryGroups=${group}`];
  const run = ["systemd-run", "--quiet", "--collect", `--unit=${unit}`, ...as];
  const program = ["perl", "-e", CONNECT, path, String(count), ...words];
  await machine.bash('"$@"', { args: [...run, ...program] });
  return {
    [Symbol.asyncDispose]: async () => {
      await machine.systemctl("stop", unit);
      await until("their end", async () => (await connections()) === 0);
    },
  };
}

const connections = async () => {
  const patterns = ["forge-view@*", "forge-take@*"];
  const units = await machine.systemctl("list-units", "--plain", "--no-legend", ...patterns);
  return units.split("\n").filter(Boolean).length;
};

const holder = () =>
  machine.bash('tmux -S /run/forge/tty/subject/sock display-message -p "#{pid}"', { seconds: 3 });
const memoryOf = async (pid: string) =>
  Number(await machine.bash(`awk '/VmRSS/ { print $2 }' /proc/${pid}/status`));
const ticksOf = async (pid: string) =>
  Number(await machine.bash(`awk '{ print $14 + $15 }' /proc/${pid}/stat`));

const SIZES: { readonly [what: string]: readonly string[] } = {
  "a large window": ["subject 9999 9999"],
  "the largest number": ["subject 65535 65535"],
  "more than a number holds": ["subject 4294967296 99999999999999999999"],
  "less than nothing": ["subject -1 -1"],
  "a window that grows": ["subject 80 24", "s9999 9999"],
  "a window that keeps changing": [
    "subject 80 24",
    ...Array.from({ length: 40 }, (_, i) => (i % 2 ? "s1 1" : "s9999 9999")),
  ],
};

for (const [what, words] of Object.entries(SIZES)) {
  test(`observers who read nothing do not harm the holder: ${what}`, async () => {
    await subject.renewed();
    const pid = await holder();
    {
      await using _ = await connected("bea", VIEW, 20, words);
      await until("the observers", async () => (await connections()) >= 20);
      await subject.type("for ((i = 0; i < 30000; i++)); do echo $i$i$i$i$i$i$i$i; done; clear");
      await sleep(4000);
      assert.equal(await holder(), pid, "it answers");
      const memory = await memoryOf(pid);
      assert.ok(memory < 50_000, `${memory} kB`);
    }
    const before = await ticksOf(pid);
    await sleep(1000);
    const spent = (await ticksOf(pid)) - before;
    assert.ok(spent < 30, `${spent} of 100 ticks a second, with nobody there`);
  });
}

before(async () => {
  // Other cases leave people's own servers, which keep looking.
  await machine.bash("for user in ada bea eve; do pkill -KILL -u $user tmux || true; done");
  await until("nobody there", async () => (await connections()) === 0);
});
after(async () => void (await subject.renewed()));

for (const [user, path] of [
  ["bea", VIEW],
  ["ada", TAKE],
] as const) {
  test(`${user} alone cannot take all places at ${path}`, async () => {
    await using _ = await connected(user, path, 200, ["subject 80 24"]);
    await until("the first of them", async () => (await connections()) >= 32);
    await sleep(1000);
    assert.equal(await connections(), 32);
    const other = user === "bea" ? "ada" : "bea";
    await using person = await personAt(machine, other, "forge-look subject");
    await person.sees(/^>/m);
  });
}
