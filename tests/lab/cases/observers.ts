import assert from "node:assert/strict";
import { before, test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { isWithin } from "../pace.ts";
import { forgetSessions, personAt } from "../person.ts";

/** Of the people on the host, ada is an operator, bea an observer, eve neither. */
const machine = openMachine();
const calm = agentOn(machine, "calm");
const agents = ["calm", "quiet", "real", "subject"];

before(async () => {
  for (const name of agents) await agentOn(machine, name).fresh();
});

for (const user of ["ada", "bea"]) {
  for (const name of agents) {
    test(`${user} reads ${name}`, async () => {
      await using person = await personAt(machine, user, `forge attach ${name}`);
      // A person's terminal is smaller: of a long conversation it shows a part.
      await person.sees(name === "real" ? /\(real\)|stub\(stub-1\)/ : /^>/m);
    });
  }
}

/** Whatever was typed before this shows before this. */
async function operatorTypes(text: string): Promise<void> {
  await using ada = await personAt(machine, "ada", "forge attach --take calm");
  await ada.sees(/^>/m);
  await ada.type(`: ${text}`);
  await until(`what ada typed: ${text}`, async () => (await calm.screen()).includes(text));
}

test("an operator with --take types into an agent, and the journal has who, which and when", async () => {
  const cursor = await machine.cursor();
  await operatorTypes("typed-by-ada");
  const lines = await until("both lines", async () => {
    const found = await machine.journal(cursor, "FORGE_AGENT=calm", "FORGE_USER=ada");
    return found.length === 2 && found;
  });
  assert.deepEqual(
    lines.map((line) => line["FORGE_EVENT"]),
    ["take-begin", "take-end"],
  );
});

const LOOKS = {
  "bea, attached": ["bea", "forge attach calm"],
  "bea, in forge-look": ["bea", "forge-look calm"],
  "ada, attached without --take": ["ada", "forge attach calm"],
} as const;

for (const [who, [user, command]] of Object.entries(LOOKS)) {
  test(`${who}, types into no agent`, async () => {
    const word = `typed-by-${user}`;
    const pid = await calm.pid();
    await calm.type("clear 2>/dev/null; printf '\\e[2J\\e[H'");
    await using person = await personAt(machine, user, command);
    await person.sees(/^>/m);
    await person.type(`: ${word}`);
    await person.press("C-b", ":");
    await person.type(`send-keys ': ${word}' Enter`);
    await operatorTypes("typed-afterwards");
    assert.ok(!(await calm.screen()).includes(word), await calm.screen());
    assert.equal(await calm.pid(), pid);
  });
}

/** Says something once the terminal is drawn, then listens until ada's words show. */
const SPEAK = `
  use Socket;
  my ($path, $hello, $words) = @ARGV;
  alarm 10;
  socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0) or die;
  connect($s, sockaddr_un($path)) or die "$!\\n";
  my $seen = "";
  sub hear { my ($sign) = @_; until ($seen =~ $sign) { recv($s, my $packet, 4096, 0); $seen .= $packet; last if $packet eq "" } }
  send($s, $hello, 0); hear(qr/drawn/);
  send($s, $words, 0); hear(qr/spoken-by-ada/);
  print $seen`;
const speak = (user: string, path: string) =>
  machine.run("perl", ["-e", SPEAK, path, "calm 80 24", `i: spoken-by-${user}\r`], { user });

test("an observer who speaks to the socket himself types into no agent", async () => {
  await calm.type("printf '%s\\n' dra''wn");
  const hearing = speak("bea", "/run/forge/view.sock");
  await until("a connection", async () =>
    /forge-view@/.test(await machine.systemctl("list-units")),
  );
  await speak("ada", "/run/forge/take.sock");
  assert.match((await hearing).stdout, /spoken-by-ada/, "bea was heard, and saw what came later");
  assert.match(await calm.screen(), /spoken-by-ada/);
  assert.doesNotMatch(await calm.screen(), /spoken-by-bea/);
});

for (const path of ["/run/forge/view.sock", "/run/forge/take.sock"]) {
  test(`someone in neither group cannot open ${path}`, async () => {
    const { status, stderr } = await speak("eve", path);
    assert.notEqual(status, 0);
    assert.match(stderr, /Permission denied/);
  });
}

const REFUSED = {
  "an observer with --take": ["bea", "forge attach --take calm"],
  "someone in neither group": ["eve", "forge attach calm"],
  "someone in neither group, with --take": ["eve", "forge attach --take calm"],
} as const;

for (const [who, [user, command]] of Object.entries(REFUSED)) {
  test(`${who} is refused at once, with what to do`, async () => {
    const begin = performance.now();
    await using person = await personAt(machine, user, command);
    assert.equal(await person.status(), 1);
    assert.ok(isWithin(performance.now() - begin, 3000), "at once");
    assert.match(await person.received(), /^ACCESS_DENIED: .*\r\n +→ .*group/m);
  });
}

/** A user manager as a login starts it, without one. */
async function loginOf(user: string): Promise<AsyncDisposable> {
  const unit = `login-${user}.service`;
  await machine.bash(
    `install -d -o "$1" -m 700 "/tmp/run-$1"
    systemd-run --quiet --unit="$2" --uid="$1" -p Delegate=yes -E XDG_RUNTIME_DIR="/tmp/run-$1" -E HOME="/home/$1" \\
      /usr/lib/systemd/systemd --user`,
    { args: [user, unit] },
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await machine.systemctl("stop", unit);
      await machine.bash('rm -r "/tmp/run-$1"', { args: [user] });
    },
  };
}

const sessionsOf = (user: string) =>
  machine.run("tmux", ["-L", "forge", "list-sessions", "-F", "#S"], { user });

test("an observer who logs in has tmux -L forge, and no tmux but that one is forge's", async () => {
  await forgetSessions(machine, "bea");
  await using _ = await loginOf("bea");
  await until("bea's tmux -L forge", async () => (await sessionsOf("bea")).status === 0);
  assert.match((await sessionsOf("bea")).stdout, /^agent-calm$/m);
  await using bea = await personAt(machine, "bea", "tmux -L forge attach -t agent-calm");
  await bea.sees(/\[agent-calm\]/);
  const other = await machine.run(
    "bash",
    ["-c", "tmux -L other new-session -d; tmux -L other ls -F '#S'; tmux -L other kill-server"],
    { user: "bea" },
  );
  assert.doesNotMatch(other.stdout, /agent-/);
});

test("someone in neither group gets no server by logging in", async () => {
  await using _ = await loginOf("eve");
  const systemctl = (verb: string, unit: string) =>
    machine.run("env", ["XDG_RUNTIME_DIR=/tmp/run-eve", "systemctl", "--user", verb, unit], {
      user: "eve",
    });
  const isUp = async () => (await systemctl("is-active", "default.target")).stdout === "active";
  await until("eve's default.target", isUp);
  assert.equal((await systemctl("is-active", "forge-sessions")).stdout, "inactive");
});

test("someone in neither group is told so in tmux -L forge, too", async () => {
  const attach = "tmux -L forge -f /etc/forge/server.conf attach -t agent-calm";
  await using eve = await personAt(machine, "eve", attach);
  await eve.sees(/^ACCESS_DENIED: /m);
});

for (const user of ["ada", "bea", "eve"]) {
  test(`${user} reaches neither a terminal's server nor the terminal itself`, async () => {
    const tty = await machine.bash("readlink /run/forge/given/calm");
    const socket = "/run/forge/tty/calm/sock";
    assert.match(await machine.bash(`test -S ${socket}; test -c ${tty}; echo there`), /there/);
    const server = await machine.run("tmux", ["-S", socket, "list-sessions"], { user });
    assert.match(server.stderr, /Permission denied|error connecting/);
    const terminal = await machine.run("bash", ["-c", `echo typed >${tty}`], { user });
    assert.match(terminal.stderr, /Permission denied/);
  });
}
