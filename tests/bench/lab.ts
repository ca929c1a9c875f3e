import { readFile } from "node:fs/promises";
import { boot } from "../lab/boot.ts";
import { hostTree } from "../lab/host-tree.ts";
import { type Machine, openMachine, until } from "../lab/machine.ts";
import { rootToBoot } from "../lab/needs.ts";
import { median, type Row } from "./measure.ts";

const COUNT = 100;
const numbered = (before: string) =>
  Array.from({ length: COUNT }, (_, i) => `${before}${String(i).padStart(2, "0")}.service`);
const patient = { seconds: 600 }; // of a machine that does other work too

/** What a host with a hundred agents takes, on a machine with real systemd. */
export async function benchLab(): Promise<readonly Row[]> {
  const found = await rootToBoot();
  if ("needs" in found) {
    process.stdout.write(`SKIPPED bench of ${COUNT} agents: needs ${found.needs}\n`);
    return [];
  }
  await using host = await hostTree();
  await using booted = await boot({ ...found, ...host });
  const machine = openMachine({ leader: booted.leader });
  const script = await readFile(new URL("../lab/hundred", import.meta.url), "utf8");
  await machine.bash(script, { args: ["quiet"], ...patient });
  return [
    ...(await starting(machine)),
    await memory(machine),
    await command(machine, "tmux -L forge list-sessions", 50),
    await command(machine, "forge ps", 80),
  ];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

async function starting(machine: Machine): Promise<readonly Row[]> {
  const bare = numbered("bare-b");
  const all = (verb: string, units: readonly string[]) =>
    machine.bash('systemctl "$@"', { args: [verb, ...units], ...patient });
  const bareTime = await timed(() => all("start", bare));
  await all("stop", bare);
  const before = await cpuOfTerminals(machine);
  const time = await timed(() => all("start", numbered("forge-agent-n")));
  const ratio = time / bareTime;
  return [
    {
      what: `starting ${COUNT} agents, against ${COUNT} bare units with the same hardening`,
      result: `${(time / 1000).toFixed(1)} s : ${(bareTime / 1000).toFixed(1)} s = ${ratio.toFixed(2)}`,
      budget: "1.5",
      holds: ratio <= 1.5,
    },
    await watching(machine, before),
  ];
}

/** What forge-ready and the terminals it looks at take, from the first start until it looks no more. */
async function watching(machine: Machine, before: number): Promise<Row> {
  const count =
    "journalctl --quiet --output=cat FORGE_EVENT=ready | grep -cE '^n[0-9]{2} ' || true";
  const isReady = async () => Number(await machine.bash(count)) >= COUNT;
  await until("every agent's readiness told", isReady, { seconds: 120 });
  const processes = Number(await machine.bash("pgrep -u forge-tty --count")) / COUNT;
  const atReady = await cpuOfTerminals(machine);
  await until("the end of every look", async () => !(await isWatching(machine)), {
    seconds: 240, // forge-ready looks for two minutes after readiness
  });
  const each = ((await cpuOfTerminals(machine)) - before) / COUNT;
  const sooner = (atReady - before) / COUNT;
  return {
    what: `processor time of an agent's terminal and forge-ready, from its start to two minutes after readiness, when forge-ready ends; ${COUNT} agents`,
    result: `${each.toFixed(2)} s, of which ${sooner.toFixed(2)} s until all are ready; then ${processes.toFixed(1)} processes each`,
    budget: "0.5 s",
    holds: each <= 0.5,
  };
}

/** Seconds, of processes that have ended too. */
async function cpuOfTerminals(machine: Machine): Promise<number> {
  const { ControlGroup } = await machine.show("forge-terminals.service", "ControlGroup");
  const stat = await machine.bash(`cat "/sys/fs/cgroup$1/cpu.stat"`, { args: [ControlGroup] });
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1e6;
}

const isWatching = async (machine: Machine): Promise<boolean> =>
  (await machine.run("pgrep", ["-u", "forge-tty", "forge-ready|forge-terminals", "--count"]))
    .stdout !== "1";

async function memory(machine: Machine): Promise<Row> {
  const sum = await machine.bash(`
    for pid in $(pgrep -u forge-tty); do
      cat /proc/$pid/smaps_rollup
    done | awk '/^Pss:/ { sum += $2 } END { print sum }'`);
  const each = Number(sum) / COUNT;
  return {
    what: "memory of an idle agent beyond its harness (PSS)",
    result: `${(each / 1024).toFixed(2)} MB`,
    budget: "2 MB",
    holds: each > 0 && each <= 2048,
  };
}

/** As people feel it: on the host, with every agent running. */
async function command(machine: Machine, text: string, budget: number): Promise<Row> {
  const script = `tmux -L forge -f /etc/forge/server.conf start-server
    for i in {1..16}; do
      begin=$EPOCHREALTIME; ${text} >/dev/null; end=$EPOCHREALTIME; echo $((\${end/./} - \${begin/./}))
    done`;
  const [, ...times] = (await machine.bash(script, patient)).split("\n").map(Number);
  const took = median(times) / 1000;
  return {
    what: `\`${text}\`, ${COUNT} agents`,
    result: `${took.toFixed(0)} ms`,
    budget: `${budget} ms`,
    holds: took <= budget,
  };
}
