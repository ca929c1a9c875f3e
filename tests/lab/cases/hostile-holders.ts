import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { personAt } from "../person.ts";

/** The tmux server that holds an agent's terminal has been taken over, or hangs. */
const machine = openMachine();
const subject = agentOn(machine, "subject");
const SOCK = "/run/forge/tty/subject/sock";

beforeEach(async () => void (await subject.renewed()));
afterEach(async () => {
  await machine.run("systemctl", ["stop", "lab-holder.service"]);
  await machine.bash("rm -f /root/lab-evil /tmp/lab-peers");
});

/** Commands of tmux that anything of forge's uses at a holder. */
const COMMANDS = [
  ...["display-message", "capture-pane", "has-session", "if-shell", "set-buffer", "send-keys"],
  ...["respawn-pane", "paste-buffer", "list-sessions", "start-server"],
];

const EVIL: { readonly [what: string]: string } = {
  "writes a file": "set-buffer evil ; save-buffer /root/lab-evil",
  "writes on to a file": "set-buffer evil ; save-buffer -a /root/lab-evil",
  "reads a file": "load-buffer -b stolen /root/lab-secret",
};

/** Whether the attack had an effect: a file of root's was written, or read. */
const succeeded = async () => {
  const written = await machine.run("test", ["-e", "/root/lab-evil"]);
  const read = await machine.run("tmux", ["-S", SOCK, "list-buffers"], { user: "forge-tty" });
  return written.status === 0 || /hush/.test(read.stdout);
};

for (const [what, commands] of Object.entries(EVIL)) {
  test(`root's programs are not at a holder that ${what} by its client`, async () => {
    await machine.bash("umask 077; echo hush >/root/lab-secret");
    const aliases = COMMANDS.flatMap((name, index) => [
      ...(index > 0 ? [";"] : []),
      ...["set", "-s", `command-alias[${100 + index}]`, `${name}=${commands} ; ${name}`],
    ]);
    const attack = () => machine.run("tmux", ["-S", SOCK, ...aliases], { user: "forge-tty" });
    const forget = "tmux -S $0 set -su command-alias; tmux -S $0 delete-buffer -b stolen; true";

    assert.equal((await attack()).status, 0);
    await machine.run("tmux", ["-S", SOCK, "has-session"]);
    assert.ok(await succeeded(), "root, as its client, falls for it");
    await machine.run("bash", ["-c", forget, SOCK], { user: "forge-tty" });
    await machine.bash(`rm -f /root/lab-evil; tmux -S ${SOCK} kill-server`);
    await subject.renewed();
    assert.ok(!(await succeeded()));

    assert.equal((await attack()).status, 0);
    await machine.bash(`kill -KILL ${await subject.pid()}`);
    await until("a new start", async () => (await subject.pid()) > 0);
    assert.ok(!(await succeeded()), "after its end");
    await machine.systemctl("stop", subject.unit);
    assert.ok(!(await succeeded()), "after a stop");
    await machine.systemctl("start", subject.unit);
    assert.ok(!(await succeeded()), "after a start");
    await machine.bash(`tmux -S ${SOCK} kill-server; rm /root/lab-secret`);
  });
}

/** A server in the holder's place that writes down who comes, and says nothing. */
const LISTEN = `
  use Socket;
  my ($path, $takes) = @ARGV;
  unlink $path; umask 077;
  socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, sockaddr_un($path)) or die "$!"; listen($s, $takes ? 50 : 0);
  open(my $log, ">", "/tmp/lab-peers"); $log->autoflush(1); chmod 0644, "/tmp/lab-peers";
  print $log "here\\n";
  my @held;
  while ($takes) { accept(my $c, $s) or next; push @held, $c;
    my (undef, $uid) = unpack("iii", getsockopt($c, SOL_SOCKET, 17)); print $log "uid $uid\\n" }
  sleep 1000`;

async function listen(takes: boolean): Promise<void> {
  const run = ["systemd-run", "--quiet", "--collect", "--unit=lab-holder", "--uid=forge-tty"];
  await machine.bash('"$@"', {
    args: [...run, "perl", "-MIO::Handle", "-e", LISTEN, SOCK, takes ? "1" : ""],
  });
  await until(
    "the listener",
    async () => (await machine.run("grep", ["here", "/tmp/lab-peers"])).status === 0,
  );
}

test("nobody but forge-tty connects to a holder, whatever becomes of its agent", async () => {
  const uid = (await machine.bash("id -u forge-tty")).trim();
  await listen(true);
  await machine.bash(`kill -KILL ${await subject.pid()}`);
  await subject.ready();
  await machine.run("systemctl", ["stop", "lab-holder.service"]);
  await listen(true);
  await machine.systemctl("stop", subject.unit);
  const peers = (await machine.bash("grep uid /tmp/lab-peers")).split("\n");
  assert.ok(peers.length > 0);
  for (const peer of peers) assert.equal(peer, `uid ${uid}`);
});

const HANGS: { readonly [what: string]: () => Promise<unknown> } = {
  "is stopped": async () => {
    const pid = await machine.bash(`tmux -S ${SOCK} display-message -p "#{pid}"`);
    await machine.bash(`kill -STOP ${pid}`);
  },
  "takes everyone and says nothing": () => listen(true),
  "takes nobody any more": async () => {
    await listen(false);
    const fill = `use Socket; my @c; for (1..3) { socket(my $s, AF_UNIX, SOCK_STREAM | 2048, 0);
      connect($s, sockaddr_un($ARGV[0])); push @c, $s } sleep 1000`;
    const run = ["systemd-run", "--quiet", "--collect", "--unit=lab-filler", "perl", "-e", fill];
    await machine.bash('"$@"', { args: [...run, SOCK] });
  },
};

for (const [what, hang] of Object.entries(HANGS)) {
  test(`a holder that ${what} is replaced, and holds nobody up for long`, async () => {
    await hang();
    try {
      await using bea = await personAt(machine, "bea", "forge-look subject");
      assert.equal(await bea.status(), 1);
      assert.match(await bea.received(), /TERMINAL_DOWN: .*does not answer/);
      const begin = performance.now();
      await machine.systemctl("stop", subject.unit);
      const stopped = (performance.now() - begin) / 1000;
      assert.ok(stopped < 10, `stopped after ${stopped} s`);
      await machine.run("systemctl", ["start", subject.unit], { seconds: 60 });
      await subject.ready();
      const started = (performance.now() - begin) / 1000 - stopped;
      assert.ok(started < 20, `started after ${started} s`);
    } finally {
      await machine.run("systemctl", ["stop", "lab-filler.service"]);
    }
    const { stdout } = await machine.run("pgrep", ["-u", "forge-tty", "-f", `-S ${SOCK} -f`]);
    assert.equal(stdout.split("\n").length, 1, "the old one is gone");
  });
}
