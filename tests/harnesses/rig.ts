import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { startFleet } from "../../cli/up/start-fleet.ts";
import { statusIn } from "../../runtime/activity-records.ts";
import { type StubModel, startStubModel } from "../../runtime/stub-model/server.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import { shows } from "../../runtime/terminal/engine/signs.ts";
import type { Terminal } from "../../runtime/terminal/engine/terminal.ts";
import { tmuxClient } from "../../runtime/terminal/engine/tmux.ts";
import { Activity } from "../../schema/activity-record.ts";
import type { Plan } from "../../schema/plan.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { type Gauge, startGauge } from "./library/gauge.ts";
import { askedOf, libraryAt } from "./library.ts";

const Env = z.object({
  FORGE_MATRIX_LAB: z.string(),
  FORGE_MATRIX_PROGRAMS: z.string(),
  FORGE_MATRIX_HARNESS: z.string(),
  PATH: z.string(),
});
const env = Env.parse(process.env);
export const harnessName = env.FORGE_MATRIX_HARNESS;

/** An agent on its terminal, as a person and as forge see it. */
export interface Driven {
  readonly plan: Plan;
  readonly terminal: Terminal;
  readonly press: (keys: readonly string[]) => Promise<void>;
  readonly type: (text: string) => Promise<void>;
  /** Waits for the state; fails with the screen. */
  readonly until: (state: Activity, timeout?: number) => Promise<void>;
  /** Waits for the start's end; says how it ended. */
  readonly settles: (timeout?: number) => Promise<Activity>;
  /** Pastes, and waits for the turn's end in that state (ready). */
  readonly ask: (prompt: string, end?: Activity) => Promise<void>;
  /** Pastes what needs a permission, and presses these keys in its dialog. */
  readonly answer: (prompt: string, keys: readonly string[]) => Promise<void>;
  /** All states since the last start, without repetitions. */
  readonly states: () => Promise<readonly Activity[]>;
}

export interface Fleet {
  readonly agent: (name: string) => Driven;
  /** The n-th event of this kind; waits for it. */
  readonly event: <K extends UpEvent["kind"]>(
    agent: string,
    kind: K,
    nth?: number,
  ) => Promise<Extract<UpEvent, { kind: K }>>;
  /** All that was told of the agent so far. */
  readonly kinds: (agent: string) => readonly UpEvent["kind"][];
  readonly stop: () => Promise<void>;
}

export interface Rig extends AsyncDisposable {
  readonly root: string;
  readonly stub: StubModel;
  readonly gauge: Gauge;
  /** Where agent NAME keeps its state. */
  readonly home: (name: string) => string;
  /** A workspace that is a git repository. */
  readonly repository: string;
  /** What runs in this machine besides the test itself. */
  readonly processes: () => readonly string[];
  /** `below` names a folder for their state. */
  readonly start: (agents: { readonly [name: string]: object }, below?: string) => Promise<Fleet>;
}

export async function openRig(harness: Harness): Promise<Rig> {
  const root = join(env.FORGE_MATRIX_LAB, harness.name);
  const repository = join(root, "repository");
  for (const folder of ["home", "run", "repository"])
    mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
  execFileSync("git", ["init", "-q", repository]);
  const stub = await startStubModel();
  const gauge = await startGauge();
  const library = libraryAt(root, gauge);
  const asked = askedOf(harness).some(({ field }) => field === "mcpServers") ? [gauge.url] : [];
  for (const url of [stub.url, ...asked])
    appendFileSync(join(env.FORGE_MATRIX_LAB, "stubs"), `${new URL(url).origin}\n`);
  const running: Fleet[] = [];
  const own = new Set(pids());
  const state = join(root, "state");
  return {
    ...{ root, stub, gauge, repository },
    processes: () =>
      pids()
        .filter((pid) => !own.has(pid))
        .flatMap(commandOf),
    home: (name) => join(state, name),
    start: async (agents, below = "state") => {
      const fleet = await start({ harness, agents, root, state: join(root, below), library });
      running.push(fleet);
      return fleet;
    },
    [Symbol.asyncDispose]: async () => {
      for (const fleet of running) await fleet.stop();
      await stub.close();
      gauge.close();
      writeFileSync(join(root, "requests.json"), JSON.stringify(stub.requests, null, 1));
    },
  };
}

const pids = (): readonly string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

/** Nothing for a zombie, which waits for its parent only. */
function commandOf(pid: string): readonly string[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return command === "" ? [] : [`${pid} ${command}`];
  } catch {
    return []; // gone
  }
}

interface Start {
  readonly harness: Harness;
  readonly agents: { readonly [name: string]: object };
  readonly root: string;
  readonly state: string;
  readonly library: object;
}

const Trace = z.looseObject({ runtime: z.string() });

async function start({ harness, agents, root, state, library }: Start): Promise<Fleet> {
  const events: UpEvent[] = [];
  const machine = {
    env: {
      PATH: env.PATH,
      HOME: join(root, "home"),
      TMUX_TMPDIR: root,
      XDG_RUNTIME_DIR: join(root, "run"),
    },
    cwd: root,
    execPath: process.execPath,
  };
  const fleet = await startFleet({
    ...{
      fleet: { ...library, agents },
      folder: env.FORGE_MATRIX_PROGRAMS,
      state,
      machine,
      tell: (event) => events.push(event),
    },
  });
  const { runtime } = Trace.parse(JSON.parse(await readFile(join(state, ".up.json"), "utf8")));
  const stop = async () => {
    try {
      await cp(runtime, join(root, `stopped-${Date.now()}`), { recursive: true, filter: isRecord });
    } finally {
      await fleet.stop();
    }
  };
  let stopped: Promise<void> | undefined;
  return {
    event: (name, kind, nth = 1) =>
      within(`event ${kind} of ${name}`, async () => {
        const own = events.filter((event) => event.agent === name);
        return own.filter(
          (event): event is Extract<UpEvent, { kind: typeof kind }> => event.kind === kind,
        )[nth - 1];
      }),
    kinds: (name) => events.filter(({ agent }) => agent === name).map(({ kind }) => kind),
    stop: () => (stopped ??= stop()),
    agent: (name) => {
      const agent = fleet.agents.get(name);
      if (!agent) throw new Error(`${harness.name}: no agent ${name}`);
      const isOver = () => agent.status() === "exited" || agent.status() === "failed";
      return drive(agent, join(runtime, "agents", name), isOver);
    },
  };
}

/** For whoever keeps the lab: what was told. Not what is about to be renamed, which may go while it is copied. */
const isRecord = (path: string): boolean =>
  !/\/(sock|credentials|plan|status\.\w+)$|\/agents\/[^/]+\/events$/.test(path);

const Recorded = z.looseObject({ state: Activity.optional() });

type Agent = Pick<Driven, "plan" | "terminal">;

function drive({ plan, terminal }: Agent, folder: string, isOver: () => boolean): Driven {
  const tmux = tmuxClient({
    bin: "tmux",
    server: ["-S", join(folder, "sock")],
    env: { PATH: env.PATH },
  });
  const status = statusIn(join(folder, "status"));
  const press = async (keys: readonly string[]) => {
    for (const key of keys) {
      await tmux.run(["send-keys", "-t", "agent:", key]);
      await pause(150);
    }
  };
  const recorded = async () => {
    const lines = (await readFile(join(folder, "status/events"), "utf8")).trim().split("\n");
    return lines.flatMap((line) => Recorded.parse(JSON.parse(line)).state ?? []);
  };
  const shown = async () => {
    const [now, { title, screen }] = await Promise.all([status.read(), terminal.look()]);
    return `${now?.state} by ${now?.event}; title ${title}, screen:\n${screen}`;
  };
  const until = async (state: Activity, timeout?: number) => {
    await within(
      `${plan.agent} ${state}`,
      async () => ((await status.read())?.state === state ? true : undefined),
      { timeout, shown },
    );
  };
  return {
    ...{ plan, terminal, press, until },
    type: async (text) => {
      await tmux.run(["send-keys", "-l", "-t", "agent:", text]);
      await pause(200);
    },
    settles: (timeout) =>
      within(
        `${plan.agent} starts`,
        async () => {
          const state = (await status.read())?.state;
          return state === "starting" || (state === "exited" && !isOver()) ? undefined : state;
        },
        { shown, timeout },
      ),
    ask: async (prompt, end = "ready") => {
      const before = (await recorded()).length;
      await terminal.paste(prompt);
      // By the events, as a hook writes the status after them.
      const isAnswered = async () => {
        const later = (await recorded()).slice(before);
        const began = end !== "ready" || later.includes("busy");
        return began && later.at(-1) === end ? true : undefined;
      };
      await within(`${plan.agent} ${end} after a turn`, isAnswered, { shown });
    },
    answer: async (prompt, keys) => {
      await terminal.paste(prompt);
      await until("waiting-permission");
      const { dialog } = plan.terminal;
      await terminal.until((seen) => dialog !== null && shows(seen, dialog), "sign of its dialog");
      await pause(1000); // as a person would: a dialog that just came up takes no key for a moment
      await press(keys);
      await until("ready");
    },
    states: async () => (await recorded()).filter((state, i, all) => state !== all[i - 1]),
  };
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

interface Patience {
  readonly timeout?: number | undefined;
  readonly shown?: () => Promise<string>;
}

/** Tries until there is a result. */
async function within<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  { timeout = 60_000, shown }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${timeout / 1000} s; ${(await shown?.()) ?? ""}`);
    }
    await pause(50);
  }
}
