import { isReady as showsReady } from "../../runtime/terminal/engine/signs.ts";
import { declaredAs } from "./fleet.ts";
import { type Machine, until } from "./machine.ts";

/** One agent of the fleet, as an administrator of the machine sees it. */
export interface Agent {
  readonly name: string;
  readonly unit: string;
  /** Process id of the harness; 0 while it does not run. */
  pid(): Promise<number>;
  /** Device number of the harness's terminal and process id of its holder. */
  terminal(): Promise<string>;
  /** Process ids in the unit's cgroup. */
  processes(): Promise<readonly number[]>;
  /** What a person would type, with Enter. */
  type(text: string): Promise<void>;
  screen(): Promise<string>;
  /** What a bash script prints that the harness runs: as its user, in its sandbox. Only for a harness that is tui. */
  ask(script: string): Promise<string>;
  /** Waits until the harness takes input, and gives its process id. */
  ready(since?: number): Promise<number>;
  /** Runs, whatever happened before. */
  fresh(): Promise<number>;
  /** Starts anew. */
  renewed(): Promise<number>;
}

export function agentOn(machine: Machine, name: string): Agent {
  const unit = `forge-agent-${name}.service`;
  const holder = ["tmux", "-S", `/run/forge/tty/${name}/sock`];
  const tmux = (...args: readonly string[]) => machine.bash('"$@"', { args: [...holder, ...args] });
  const pid = async () => Number((await machine.show(unit, "MainPID")).MainPID);
  const screen = () => tmux("capture-pane", "-p", "-t", "agent:");
  const type = async (text: string) => {
    await tmux("send-keys", "-l", "-t", "agent:", "--", text);
    await tmux("send-keys", "-t", "agent:", "Enter");
  };
  const { terminal } = declaredAs(name).harness;
  const isReady = async (since: number) => {
    const { MainPID, SubState } = await machine.show(unit, "MainPID", "SubState");
    if (SubState !== "running" || Number(MainPID) === since) return false;
    // The launcher comes first, and clears a title that the last run left.
    const { stdout } = await machine.run("cat", [`/proc/${MainPID}/comm`]);
    if (/^($|forge-agent|launch|bash|env)/.test(stdout)) return false;
    const title = ["display-message", "-p", "-t", "agent:", "#{pane_title}", ";"];
    const seen = (await tmux(...title, "capture-pane", "-p", "-J", "-t", "agent:")).split("\n");
    const look = { title: seen[0] ?? "", screen: seen.slice(1).join("\n") };
    return showsReady(look, terminal) && Number(MainPID);
  };
  const ready = (since = 0) =>
    until(`${name} is ready`, () => isReady(since), { seconds: 40, seen: screen });
  const started = async (verb: "start" | "restart") => {
    await machine.run("systemctl", ["reset-failed", unit]); // or it counts towards the start limit
    await machine.systemctl(verb, unit);
    return ready();
  };
  return {
    name,
    unit,
    pid,
    screen,
    ready,
    processes: async () => {
      const { ControlGroup } = await machine.show(unit, "ControlGroup");
      if (ControlGroup === "") return [];
      const { stdout } = await machine.run("cat", [`/sys/fs/cgroup${ControlGroup}/cgroup.procs`]);
      return stdout.split("\n").filter(Boolean).map(Number);
    },
    terminal: () =>
      machine.bash(
        `readlink /run/forge/given/${name}; tmux -S /run/forge/tty/${name}/sock display-message -p "#{pid}"`,
      ),
    ask: async (script) => {
      const home = `/var/lib/forge/${name}`;
      const write = 'rm -f "$1/answer"; cat >"$1/ask"; chmod 644 "$1/ask"';
      await machine.bash(write, { args: [home], input: script });
      await type(". ~/ask >~/answering 2>&1; mv ~/answering ~/answer");
      const answered = async () => {
        const { status, stdout } = await machine.run("cat", [`${home}/answer`]);
        return status === 0 && { stdout };
      };
      return (await until(`an answer of ${name}`, answered, { seen: screen })).stdout;
    },
    type,
    fresh: () => started("start"),
    renewed: () => started("restart"),
  };
}
