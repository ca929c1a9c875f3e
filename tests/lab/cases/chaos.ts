import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Agent, agentOn } from "../agent.ts";
import { openMachine, quickAgents, until } from "../machine.ts";
import { isWithin } from "../pace.ts";
import { personAt } from "../person.ts";
import { randomFrom } from "../random.ts";

const machine = openMachine();
const names = ["calm", "quiet", "real", "subject", ...quickAgents()] as const;
const ROUNDS = 20;
/** RestartSec of an agent, and what the issue grants on top. */
const BACK_MS = 4000;

after(async () => {
  for (const name of quickAgents()) await machine.systemctl("stop", agentOn(machine, name).unit);
});

/** Gives the moment, in milliseconds. */
const kill = async (pid: string | number): Promise<number> => {
  await machine.bash(`kill -9 ${pid}`);
  return performance.now();
};
const mainPid = async (unit: string) => (await machine.show(unit, "MainPID")).MainPID;

/** Kills one part of an agent; what it gives is the moment since when the agent must start anew, if it must. */
type Kill = (agent: Agent) => Promise<number | undefined>;

const KILLS = {
  harness: async (agent) => kill(await agent.pid()),
  holder: async ({ name }) =>
    kill(await machine.bash(`tmux -S /run/forge/tty/${name}/sock display-message -p "#{pid}"`)),
  /** While it asks for the terminal of a start. */
  arm: async ({ unit }) => {
    await using _ = await machine.override(unit, "ExecStartPre=\nExecStartPre=+/bin/sleep 100");
    await machine.systemctl("restart", "--no-block", unit);
    const isArming = async () => (await machine.show(unit, "SubState")).SubState === "start-pre";
    await until("an arm", isArming);
    // Not by number: the process that asks may just have made room for the next one.
    await machine.systemctl("kill", "--kill-whom=control", "--signal=KILL", unit);
    return performance.now();
  },
  /** What makes terminals; those that it made stay. */
  terminals: async () => {
    const before = await mainPid("forge-terminals.service");
    await kill(before);
    await until("forge-terminals again", async () => {
      const now = await mainPid("forge-terminals.service");
      return now !== "0" && now !== before;
    });
    return undefined;
  },
  /** The process of the host that shows the terminal. */
  viewer: async ({ name }) => {
    await using bea = await personAt(machine, "bea", `forge-look ${name}`);
    await bea.sees(/\S/);
    const unit = await machine.systemctl("list-units", "--plain", "--no-legend", "forge-view@*");
    await kill(await mainPid(unit.split(" ")[0] ?? ""));
    assert.equal(await bea.status(), 1);
    return undefined;
  },
  /** The person's own. */
  observer: async ({ name }) => {
    await using bea = await personAt(machine, "bea", `forge-look ${name}`);
    await bea.sees(/\S/);
    await machine.bash("pkill -9 -u bea -x forge-look");
    return undefined;
  },
} satisfies { readonly [part: string]: Kill };
const parts = ["harness", "holder", "arm", "terminals", "viewer", "observer"] as const;

/**
 * Processes by unit, and every file of forge at run time. Both must be the same after all is over, but for forge-ready,
 * which looks on for two minutes, and forge-disk, which comes once a minute.
 */
const listing = () =>
  machine.bash(`
    cd /sys/fs/cgroup
    for procs in $(find . -path '*forge*' -not -path '*forge-disk*' -name cgroup.procs | sort); do
      for pid in $(cat "$procs"); do echo "\${procs%/cgroup.procs} $(cat "/proc/$pid/comm")"; done
    done 2>/dev/null | grep -v ' forge-ready$' | sort
    find /run/forge -not -name low.new -printf '%y %m %u %p\\n' | sort
    ls --ignore=tmux-0 /tmp /var/lib/forge /run/credentials # tmux-0 is of our own people`);

/** Whether a look at a terminal is under way or to come, or a process ended while this was listed. */
const isOnTheMove = (processes: string): boolean =>
  names.some((name) => !processes.includes(`/run/forge/seen/${name}/status`)) ||
  / (timeout|dd|tmux|tmux: client)?$/m.test(processes) ||
  processes.split(" forge-terminals\n").length > 2;

/** What is only in the first of two listings. */
const only = (one: string, other: string): readonly string[] =>
  one.split("\n").filter((line) => !other.split("\n").includes(line));

const settled = (before: string) =>
  until("everything as it was", async () => (await listing()) === before, {
    seen: async () => {
      const now = await listing();
      return JSON.stringify({ gone: only(before, now), left: only(now, before) }, null, 2);
    },
  });

test(`${ROUNDS} random kills touch nobody else, are mended, and leave nothing behind`, async (context) => {
  const random = randomFrom(Number(process.env["FORGE_SEED"] ?? Date.now() % 1_000_000));
  context.diagnostic(`FORGE_SEED=${random.seed}`);
  const agents = names.map((name) => agentOn(machine, name));
  for (const agent of agents) await agent.renewed();
  const before = await until("every agent's readiness told", async () => {
    const now = await listing();
    return !isOnTheMove(now) && now;
  });
  for (let round = 1; round <= ROUNDS; round++) {
    const part = random.pick(parts);
    const victim = agentOn(machine, random.pick(names));
    const others = agents.filter(({ name }) => name !== victim.name);
    const identities = () =>
      Promise.all(others.map(async (agent) => [await agent.pid(), await agent.terminal()]));
    const untouched = await identities();
    await machine.systemctl("reset-failed", victim.unit); // the start limit has its own test
    const pid = await victim.pid();
    const killed = await KILLS[part](victim);
    if (killed !== undefined) {
      const what = `round ${round}: ${victim.name} back after its ${part} was killed`;
      await until(what, async () => ![0, pid].includes(await victim.pid()), {
        seconds: 10,
        seen: () => machine.bash("journalctl --no-pager --lines=40 --output=short-precise"),
      });
      const took = performance.now() - killed;
      assert.ok(isWithin(took, BACK_MS), `${what}: ${Math.round(took)} ms`);
      await victim.ready(pid);
    } else {
      assert.equal(await victim.pid(), pid, `round ${round}: ${part} of ${victim.name}`);
    }
    assert.deepEqual(await identities(), untouched, `round ${round}: ${part} of ${victim.name}`);
  }
  await settled(before);
});
