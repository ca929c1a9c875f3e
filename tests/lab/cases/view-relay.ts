import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { forgetSessions, personAt } from "../person.ts";

/** forge-viewd with the sanitizers of gcc, while people say anything to it. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const PROGRAM = "/usr/local/lib/lab-viewd";
/** The sanitizers look at their own process. */
const LOOSE = "ProcSubset=all\nMemoryMax=1G\nSystemCallFilter=\nLimitCORE=0";

const left = (what: string) =>
  machine.systemctl("list-units", "--plain", "--no-legend", `forge-${what}@*`);

let undo: readonly AsyncDisposable[] = [];
before(async () => {
  await subject.renewed();
  for (const user of ["ada", "bea"]) await forgetSessions(machine, user);
  await until("the end of other people's looks", async () => (await left("view")) === "");
  const sources = "/opt/forge/runtime/terminal";
  await machine.bash(
    `gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -iquote ${sources} -o ${PROGRAM} ${sources}/view/forge-viewd.c`,
    { seconds: 120 },
  );
  undo = await Promise.all(
    ["view", "take"].map((what) =>
      machine.override(
        `forge-${what}@.service`,
        `ExecStart=\nExecStart=${PROGRAM} ${what} /usr/bin/tmux\n${LOOSE}`,
      ),
    ),
  );
});
after(async () => {
  for (const one of undo) await one[Symbol.asyncDispose]();
  await subject.renewed();
});

/** Says each word in a packet, hears what comes for a moment, and goes, many times. */
const SPEAK = `
  use Socket; use Time::HiRes "sleep";
  my ($path, $seed, $rounds) = @ARGV; srand($seed); $SIG{PIPE} = "IGNORE";
  my @kinds = (sub { "s" . int(rand(70000)) . " " . int(rand(70000)) }, sub { "i" x int(rand(5000)) },
    sub { join "", map { chr int rand 256 } 1 .. rand 6000 }, sub { "s" }, sub { "i" }, sub { "s1" }, sub { "\\0" },
    sub { "i\\0\\e[<0;1;1M" }, sub { "s-1 -1" }, sub { "x" x 60000 }, sub { "i\\x1d" });
  my @hellos = ("subject 80 24", "subject 1 1", "subject 99999 99999", "subject", "", " ", "subject ", "a" x 23 . " 1 1",
    "a" x 24 . " 1 1", "a" x 63, "subject 80", "../../x 80 24", "SUBJECT 80 24", "subject 80 24 " . "x" x 200, "quiet\\n 8 8");
  for my $round (1 .. $rounds) {
    socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0); connect($s, sockaddr_un($path)) or die "$!";
    my $hello = rand() < 0.5 ? "subject 80 24" : $hellos[rand @hellos];
    send($s, $hello, 0);
    for (1 .. rand 30) {
      send($s, $kinds[rand @kinds]->(), 0x40) // last;
      recv($s, my $heard, rand() < 0.5 ? 1 : 5000, 0x40) if rand() < 0.5;
      sleep 0.01 if rand() < 0.2;
    }
    shutdown($s, 1) if rand() < 0.3;
    close $s;
  }
  print "said\\n"`;

/** Where the relays of a kind wait, and what else is in their units. */
const STUCK = `systemctl status --no-pager --full --lines=3 "forge-$1@*" || true
  for pid in $(pgrep -f "$1 /usr/bin/tmux"); do echo "$pid $(cat /proc/$pid/wchan) $(cat /proc/$pid/syscall)"; ls -l /proc/$pid/fd; done`;

for (const [user, what] of [
  ["bea", "view"],
  ["ada", "take"],
] as const) {
  test(`no word that ${user} can say is a mistake of forge-viewd in memory (${what})`, async (context) => {
    const seed = Number(process.env["FORGE_SEED"] ?? Date.now() % 1_000_000);
    context.diagnostic(`FORGE_SEED=${seed}`);
    const cursor = await machine.cursor();
    await subject.type("while :; do printf '\\e[2J%s\\e]2;%s\\a' $RANDOM$RANDOM$RANDOM π; done");
    const args = ["-e", SPEAK, `/run/forge/${what}.sock`, String(seed), "60"];
    const { stdout, stderr } = await machine.run("perl", args, { user, seconds: 120 });
    assert.equal(stdout, "said", stderr);
    const seen = async () => `${await left(what)}\n${await machine.bash(STUCK, { args: [what] })}`;
    await until("their end", async () => (await left(what)) === "", { seconds: 60, seen });
    await subject.renewed();
    const lines = (await machine.journal(cursor)).map(({ MESSAGE }) => String(MESSAGE));
    const found = lines.filter((line) => /Sanitizer|runtime error|SUMMARY:/.test(line));
    assert.deepEqual(found, []);
  });
}

test("what was tried is what people use", async () => {
  await using bea = await personAt(machine, "bea", "forge-look subject");
  await bea.sees(/^>/m);
  const main = await machine.systemctl("show", "--property=ExecStart", "forge-view@*");
  assert.match(main, new RegExp(PROGRAM));
});
