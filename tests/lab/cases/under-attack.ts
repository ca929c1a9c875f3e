import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { personAt } from "../person.ts";

/** While one agent takes all that it can of the host, others start, stop and are attached to, and people log in. */
const machine = openMachine();
const attacker = agentOn(machine, "calm");
const subject = agentOn(machine, "subject");
const quiet = agentOn(machine, "quiet");
const HOME = "/var/lib/forge/calm";

/** Takes terminals until there are no more, and keeps them. */
const TERMINALS = `
  my @all; while (open(my $fh, "+<", "/dev/ptmx")) { push @all, $fh; last if @all > 5000 }
  $| = 1; print scalar(@all), " terminals\\n"; sleep 1000`;

/** Knocks at every socket of the host, again and again, in every way that there is. */
const KNOCK = `
  use Socket; $| = 1;
  open(my $list, "<", "$ENV{HOME}/sockets"); chomp(my @paths = <$list>); my ($rounds, @open) = 0;
  while (1) {
    for my $path (@paths) { for my $type (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET) {
      socket(my $s, AF_UNIX, $type, 0); my $said = "MESSAGE=a lie\\nSYSLOG_IDENTIFIER=forge\\nREADY=1\\n";
      push @open, $path if connect($s, sockaddr_un($path)) and !$rounds;
      send($s, $said, 0) for 1 .. 3 } }
    print scalar(@paths), " sockets, open: @open.\\n" unless $rounds++ }`;

interface Attack {
  /** As the agent's user, in its unit; what it says is in ~/said. */
  readonly script: string;
  /** That it is under way, and has come as far as it may. */
  readonly says: RegExp;
}

/** Perl's programs as bash gets them. */
const perl = (program: string): string => `perl -e '${program}'`;

const ATTACKS: { readonly [what: string]: Attack } = {
  "all terminals, by eight processes": {
    script: `for i in {1..8}; do ${perl(TERMINALS)} & done; wait`,
    says: /^(\d+ terminals\n){8}$/,
  },
  "/tmp, /var/tmp and /dev/shm": {
    script: `for at in /tmp /var/tmp /dev/shm; do
        until ((free == 0)); do
          free=$(df --output=avail $at | tail -1); fallocate -l "$free"K "$at/fill$free" || break
        done; free=1; df --output=pcent $at
      done
      cd /dev/shm; rm fill*; seq 1 60000 | xargs touch 2>&1 | grep -m1 -o "No space left"; sleep 1000`,
    says: /(100%\n[\s\S]*){3}No space left/,
  },
  "its part of /run, in size and in files": {
    script: `cd /run/forge/agents/calm; head -c 100M /dev/zero >big; rm big
      for i in {1..2000}; do : >f$i || break; done
      touch /run/x /run/systemd/x /run/lock/x /run/user/x; head -c 1M /dev/zero >f1; sleep 1000`,
    says: /No space left[\s\S]*(Read-only|Permission denied)/,
  },
  "the journal, by its standard error": {
    script: "echo begun; while :; do printf 'flood %s\\n' {1..1000} >&3; done",
    says: /begun/,
  },
  "every socket of the host": {
    script: `${perl(KNOCK)} & ${perl(KNOCK)} & wait`,
    says: /^([1-9]\d+ sockets, open: \.\n){2}$/,
  },
};

/** What listens on the host under a path, as the kernel lists it: no list of ours ages. */
const SOCKETS = `awk '$8 ~ "^/" { print $8 }' /proc/net/unix | sort -u`;

before(async () => {
  for (const agent of [subject, quiet]) await agent.fresh();
  const sockets = (await machine.bash(SOCKETS)).split("\n");
  for (const known of ["journal/socket", "private", "notify", "dbus/system_bus", "journal.sock"])
    assert.ok(
      sockets.some((path) => path.includes(known)),
      `${known}: ${sockets}`,
    );
});
after(async () => {
  await attacker.renewed();
  for (const user of ["ada", "bea"]) await machine.run("loginctl", ["terminate-user", user]);
  await until("everybody gone", async () => (await machine.bash("ls /run/user")) === "");
});

/** Begins; whatever runs in the unit ends with the next start. */
async function begin({ script, says }: Attack): Promise<void> {
  await attacker.renewed();
  await machine.bash(`${SOCKETS} >${HOME}/sockets; cat >${HOME}/attack; chmod 644 ${HOME}/*`, {
    input: `export PATH=/usr/bin HOME=${HOME} free=1; rm -f ~/said\n{ ${script}\n} >~/said 2>&1`,
  });
  await attacker.type("/usr/bin/setsid /usr/bin/bash ~/attack 3>&2 &");
  const said = async () => (await machine.run("cat", [`${HOME}/said`])).stdout;
  await until("the attack", async () => says.test(`${await said()}\n`), { seen: said });
}

const forge = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await machine.run("forge", args);
  assert.equal(status, 0, `forge ${args.join(" ")}\n${stdout}\n${stderr}`);
};

const identity = async () => [await quiet.pid(), await quiet.terminal()];

async function othersStartAndStop(): Promise<void> {
  const since = await machine.bash("date +@%s.%6N");
  await forge("stop", "subject");
  await machine.systemctl("daemon-reload"); // a deployment needs room in /run
  await forge("start", "subject");
  await subject.ready();
  // Not `journalctl --sync`: while somebody floods journald 257, that does not return.
  const fields = ["--output=cat", "--output-fields=FORGE_EVENT", "FORGE_AGENT=subject"];
  const events = () =>
    machine.bash('journalctl --quiet "$@"', { args: [`--since=${since}`, ...fields] });
  const told = async () => (await events()) === "exited\nstarted\nready";
  await until("the journal's lines about subject", told, { seen: events });
}

async function othersAreAttachedTo(): Promise<void> {
  await using bea = await personAt(machine, "bea", "forge attach quiet");
  await bea.sees(/^>/m);
  await using ada = await personAt(machine, "ada", "forge attach --take subject");
  await ada.sees(/^>/m);
  await ada.type("echo taken $((6 * 7))");
  await ada.sees(/^taken 42$/m);
}

async function aPersonLogsIn(): Promise<void> {
  {
    await using person = await personAt(machine, "root", "login -f ada");
    await person.sees(/\$ *$/m);
    await person.type("echo $(id -un) at $(tty) seen=$((6 * 7))");
    await person.sees(/ada at \/dev\/pts\/\d+ seen=42/);
    const manager = "user@$(id -u ada).service";
    await until("ada's session", async () => {
      const { stdout } = await machine.run("bash", ["-c", `systemctl is-active ${manager}`]);
      return stdout === "active";
    });
  }
  const su = ["-qec", "su -l bea -c 'tty; id -un'", "/dev/null"];
  assert.match((await machine.run("script", su)).stdout, /\/dev\/pts\/\d+\s+bea/);
}

const lies = () => machine.bash("journalctl -q -t forge -o cat | grep -c 'a lie' || true");

for (const [what, attack] of Object.entries(ATTACKS)) {
  test(`while an agent takes ${what}, others and people notice nothing`, async () => {
    const untouched = await identity();
    const liesBefore = await lies(); // a person of another case told one
    await begin(attack);
    await othersStartAndStop();
    await othersAreAttachedTo();
    await aPersonLogsIn();
    const still = await machine.run("pgrep", ["-u", "forge-a-calm", "-f", "attack"]);
    assert.equal(still.status, 0, "the attack goes on");
    assert.deepEqual(await identity(), untouched);
    assert.equal(await lies(), liesBefore);
  });
}
