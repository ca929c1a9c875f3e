import assert from "node:assert/strict";
import { before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine } from "../machine.ts";

/** What a hostile agent, or an ordinary build tool, can do inside its unit. */
const machine = openMachine();
const calm = agentOn(machine, "calm");
const subject = agentOn(machine, "subject");

before(() => calm.fresh());

const NODE = "/opt/forge/node_modules/.bin/node";

/** What programs print that agents run as tools. */
const RUNS: { readonly [what: string]: readonly [script: string, prints: RegExp] } = {
  "Node and its JIT": [
    `${NODE} -e 'let n = 0; for (let i = 0; i < 1e7; i++) n += i % 7; console.log(6 * 7, n > 0)'`,
    /^42 true$/,
  ],
  WebAssembly: [
    `${NODE} -e 'new WebAssembly.Module(Buffer.from([0, 97, 115, 109, 1, 0, 0, 0])); console.log("compiled")'`,
    /^compiled$/,
  ],
  "memory that is written, then executed": [
    `perl -e 'require "syscall.ph" if 0; my $r = syscall(9, 0, 4096, 7, 34, -1, 0); print $r > 0 ? "mapped" : "refused"'`,
    /^mapped$/,
  ],
  "the number of processors": [
    `${NODE} -e 'console.log(require("os").cpus().length > 0)'; nproc`,
    /^true\n[1-9]\d*$/,
  ],
  "the memory": [
    `grep -c MemTotal /proc/meminfo; ${NODE} -e 'console.log(require("os").totalmem() > 1e6)'`,
    /^1\ntrue$/,
  ],
  "the load": ["cut -d' ' -f1 /proc/loadavg; cat /proc/uptime | wc -w", /^[\d.]+\n2$/],
  "a pipeline with a process substitution": [
    "paste -d+ <(seq 2) <(seq 3 4) | sort -r",
    /^2\+4\n1\+3$/,
  ],
  "shared memory": ["printf x >/dev/shm/a; cat /dev/shm/a; rm /dev/shm/a", /^x$/],
};

for (const [what, [script, prints]] of Object.entries(RUNS)) {
  test(`a tool of an agent sees or uses ${what}`, async () => {
    assert.match(await calm.ask(`PATH=/usr/bin\n${script}`), prints);
  });
}

test("processes of other users stay hidden", async () => {
  const users = await calm.ask("PATH=/usr/bin; stat -c %U /proc/[0-9]* | sort -u");
  assert.doesNotMatch(users, /root/);
});

test("an agent's /run has its own directory and nothing of the host's", async () => {
  const seen = await calm.ask(
    "PATH=/usr/bin; cd /run; find . -mindepth 1 ! -type d -o -name agents | sort",
  );
  assert.doesNotMatch(seen, /socket|\.sock|notify|io\.systemd|dbus|doors|lock/);
  const agents = await calm.ask("PATH=/usr/bin; ls /run/forge /run/forge/agents");
  assert.match(agents, /^\/run\/forge:\nagents\n\n\/run\/forge\/agents:\ncalm$/);
  const host = await machine.bash("ls /run/systemd");
  assert.match(host, /notify/, "the host has what the agent must not see");
});

const SOCKETS = [
  "/run/systemd/journal/socket",
  "/run/systemd/journal/dev-log",
  "/run/systemd/notify",
  "/run/systemd/private",
  "/run/systemd/io.systemd.ManagedOOM",
  "/run/dbus/system_bus_socket",
  "/run/forge/doors/terminals.sock",
  "/run/forge/view.sock",
  "/nix/var/nix/daemon-socket/socket",
  "/dev/log",
];

test("no socket of the host can be opened", async () => {
  const probe = `
    const { connect } = require("net");
    const names = ${JSON.stringify(SOCKETS)};
    Promise.all(names.map((name) => new Promise((done) => {
      const socket = connect(name, () => done(name + " OPEN"));
      socket.on("error", ({ code }) => done(name + " " + code));
    }))).then((lines) => { console.log(lines.join("\\n")); process.exit(); });`;
  const answer = await calm.ask(`${NODE} -e '${probe}'`);
  assert.equal(answer.split("\n").length, SOCKETS.length, answer);
  assert.doesNotMatch(answer, /OPEN|EPROTOTYPE/); // the second is a datagram socket that is there
});

test("what an agent may write to is its own, by the kernel's list of mounts", async () => {
  const mounts = await calm.ask("PATH=/usr/bin; cat /proc/self/mountinfo");
  const last = new Map<string, string>();
  for (const line of mounts.split("\n")) {
    const [, , , root = "", at = "", options = ""] = line.split(" ");
    last.set(at, `${options} ${root} ${line.split(" - ")[1] ?? ""}`);
  }
  const writable = [...last].filter(([, how]) => how.startsWith("rw")).map(([at]) => at);
  const own =
    /^(\/dev(\/|$)|\/proc$|\/tmp$|\/var\/tmp$|\/var\/lib\/(private\/)?forge\/calm$|\/run\/forge\/agents\/calm$)/;
  assert.deepEqual(
    writable.filter((at) => !own.test(at)),
    [],
    mounts,
  );
  for (const at of ["/run", "/dev/shm"]) assert.match(last.get(at) ?? "", /tmpfs/, at);
});

test("an agent's shared memory is bounded and its own", async () => {
  const answer = await calm.ask(
    "PATH=/usr/bin; head -c 100T /dev/zero 2>/dev/null >/dev/shm/fill; df --output=pcent /dev/shm | tail -1; rm /dev/shm/fill",
  );
  assert.match(answer, /100%/);
  assert.doesNotMatch(await machine.bash("ls /dev/shm"), /fill/);
});

test("an agent's tools have terminals of their own, and not many", async () => {
  const open = `
    use POSIX; my @all; my $n = 0;
    while (open(my $fh, "+<", "/dev/ptmx")) { push @all, $fh; last if ++$n > 5000; }
    print "$n ", $!+0, "\\n"; sleep 20 if @ARGV;`;
  await calm.ask(`PATH=/usr/bin; cat >~/ptmx <<'END'\n${open}\nEND`);
  const [count = "", error = ""] = (await calm.ask("/usr/bin/perl ~/ptmx")).split(" ");
  assert.ok(Number(count) >= 16 && Number(count) <= 64, `${count} terminals, then error ${error}`);
  await calm.ask("/usr/bin/setsid /usr/bin/perl ~/ptmx hold >/dev/null 2>&1 &");
  await subject.renewed(); // it gets a terminal meanwhile
  await machine.bash("script -qec true /dev/null"); // and so does a person
  assert.match(
    await calm.ask("PATH=/usr/bin; pkill perl; sleep 0.2; tty; script -qec tty /dev/null"),
    /\/dev\/console\s+\/dev\/pts\/\d+/,
  );
});

test("what an agent writes into its runtime directory is bounded, and not on the host's /run", async () => {
  const free = () => machine.bash("df --output=used,iused /run | tail -1 | tr -s ' '");
  const before = await free();
  const answer = await calm.ask(`PATH=/usr/bin
    cd /run/forge/agents/calm
    head -c 100M /dev/zero >big; stat -c %s big
    for i in {1..2000}; do : >f$i || break; done; ls | wc -l; rm -f big f*`);
  const numbers = answer
    .split("\n")
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
  assert.ok((numbers[0] ?? Infinity) <= 2 ** 20 && (numbers[1] ?? Infinity) <= 128, answer);
  assert.equal(await free(), before);
});

test("the journal's sockets are not there, so nobody speaks for forge", async () => {
  const answer = await calm.ask(
    "PATH=/usr/bin; echo evil | logger --journald 2>&1; logger evil 2>&1; systemd-cat -t forge echo evil 2>&1",
  );
  assert.match(answer, /No such file|Connection refused|socket/);
  const lines = await machine.bash("journalctl -t forge -o cat | grep -c evil || true");
  assert.equal(lines, "0");
});
