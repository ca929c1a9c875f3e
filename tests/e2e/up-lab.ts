import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import {
  type AgentToStart,
  type RunningFleet,
  startAgents,
  type UpOptions,
} from "../../runtime/supervisor/local/fleet.ts";
import { RESTART } from "../../runtime/supervisor/local/restart.ts";
import { findTools } from "../../runtime/supervisor/local/tools.ts";
import { type Tmux, tmuxClient } from "../../runtime/terminal/engine/tmux.ts";
import { Plan } from "../../schema/plan.ts";

/** Real tmux, real bash, a private place for every file and socket. */
export interface Lab extends AsyncDisposable {
  readonly root: string;
  readonly state: string;
  readonly env: { readonly [name: string]: string };
  readonly events: readonly UpEvent[];
  /** The n-th event of this kind, from the start; waits for it. */
  event<K extends UpEvent["kind"]>(
    agent: string,
    kind: K,
    nth?: number,
  ): Promise<Extract<UpEvent, { kind: K }>>;
  /** An agent whose launcher is this bash script. */
  agent(name: string, script: string, more?: object): AgentToStart;
  start(agents: readonly AgentToStart[], more?: Partial<UpOptions>): Promise<RunningFleet>;
  /** The private server of an agent's terminal. */
  holder(agent: string): Promise<Tmux>;
  /** Everything that a clean end must have removed. */
  leftovers(): Promise<readonly string[]>;
}

const MINUTE = 60_000;

/** Long waits (back-off, stop time-out) are over at once; time moves on as if they had happened. */
export function hurriedClock(): Clock & { readonly skipped: readonly number[] } {
  let ahead = 0;
  const skipped: number[] = [];
  return {
    skipped,
    now: () => systemClock.now() + ahead,
    sleep: async (ms, signal) => {
      if (ms < 500) return systemClock.sleep(ms, signal);
      signal?.throwIfAborted();
      ahead += ms;
      skipped.push(ms);
    },
  };
}

const planOf = (name: string, root: string, more: object): Plan =>
  Plan.parse({
    ...{ version: 1, agent: name, description: "", harness: "fake" },
    package: { name: "fake", version: "1.0" },
    argv: ["/bin/true"],
    environmentFiles: [],
    ...{ env: {}, credentials: {}, files: {}, seed: {}, links: {}, databases: [], resume: [] },
    headless: { argv: ["/bin/true"], env: {}, prompt: "stdin" },
    acp: null,
    ...{ home: join(root, "state", name), workdir: root },
    terminal: {
      ready: { screen: "^ready" },
      busy: { screen: "^busy" },
      ...{ login: null, dialog: null, rateLimited: null, refused: null, clear: [] },
      quit: "/quit",
      submitDelay: 0,
    },
    library: { skillFields: [], pluginFiles: [], skills: {}, plugins: {} },
    trust: null,
    resources: { memoryMax: null, tasksMax: 64, cpuWeight: 100 },
    ...more,
  });

export async function createLab(): Promise<Lab> {
  const root = await mkdtemp("/tmp/forge-lab-");
  const env = {
    PATH: process.env["FORGE_TEST_PATH"] ?? process.env["PATH"] ?? "",
    HOME: root,
    TMUX_TMPDIR: root,
    XDG_RUNTIME_DIR: join(root, "runtime"),
    FORGE_LAB: root,
  };
  await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  const log = eventLog();
  const fleets: RunningFleet[] = [];
  const state = join(root, "state");
  const tools = await findTools(env.PATH);
  return {
    ...{ root, state, env, events: log.events, event: log.event },
    agent: (name, script, more = {}) => ({
      plan: planOf(name, root, more),
      build: async (folder) => {
        await mkdir(folder);
        const file = join(folder, "start");
        await writeFile(file, `#!${tools.bash}\n${script}\n`);
        await chmod(file, 0o755);
        return file;
      },
    }),
    start: async (agents, more = {}) => {
      const clock = systemClock;
      const policy = RESTART;
      const stopTimeout = MINUTE;
      // Terminals change in real time, whatever clock a test brings for long waits.
      const clocks = { clock, watchClock: systemClock };
      const own = { agents, state, env, tools, ...clocks, policy, stopTimeout, tell: log.tell };
      const fleet = await startAgents({ ...own, ...more });
      fleets.push(fleet);
      return fleet;
    },
    holder: async (agent) => {
      const [folder = ""] = await readdir(env.XDG_RUNTIME_DIR);
      const socket = join(env.XDG_RUNTIME_DIR, folder, "agents", agent, "sock");
      return tmuxClient({ bin: tools.tmux, server: ["-S", socket], env });
    },
    leftovers: () => leftoversOf(root, env.XDG_RUNTIME_DIR),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(fleets.map((fleet) => fleet.kill()));
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function leftoversOf(root: string, runtime: string): Promise<readonly string[]> {
  const sockets = await readdir(join(root, `tmux-${process.getuid?.()}`)).catch(() => []);
  const folders = await readdir(runtime);
  return [...sockets, ...folders];
}

/** Gates for tests: every event is kept, and whoever waits for one gets it when it comes. */
export function eventLog(): {
  readonly events: readonly UpEvent[];
  readonly tell: (event: UpEvent) => void;
  readonly event: Lab["event"];
  /** No event will come any more: whoever waits for one fails. */
  readonly giveUp: (why: string) => void;
} {
  const events: UpEvent[] = [];
  let more = Promise.withResolvers<void>();
  more.promise.catch(() => {}); // a test that waits for nothing more is done
  const giveUp = (why: string) => more.reject(new Error(`${why}\n${JSON.stringify(events)}`));
  AbortSignal.timeout(MINUTE / 2).addEventListener("abort", () => giveUp("time is over"));
  return {
    events,
    giveUp,
    tell: (event) => {
      events.push(event);
      more.resolve();
      more = Promise.withResolvers();
      more.promise.catch(() => {}); // a test that waits for nothing more is done
    },
    event: async (agent, kind, nth = 1) => {
      for (;;) {
        const found = events
          .filter((event) => event.agent === agent)
          .filter((event): event is Extract<UpEvent, { kind: typeof kind }> => event.kind === kind);
        const wanted = found[nth - 1];
        if (wanted) return wanted;
        await more.promise;
      }
    },
  };
}

const statOf = async (pid: number): Promise<readonly string[]> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""); // gone
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

/** A zombie is dead: it waits for init, not for us. */
export const isAlive = async (pid: number): Promise<boolean> =>
  !["", "Z"].includes((await statOf(pid))[0] ?? "");

export const parentOf = async (pid: number): Promise<number> => Number((await statOf(pid))[1]);
