import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { UnitState } from "../../../schema/command-output.ts";
import { ForgeError } from "../../../schema/errors.ts";
import type { Plan, Sign } from "../../../schema/plan.ts";
import { statusIn } from "../../activity-records.ts";
import type { Clock } from "../../clock.ts";
import type { Told } from "../../status/watch.ts";
import { terminalOf } from "../../terminal/engine/terminal.ts";
import type { Capabilities, Supervisor } from "../contract.ts";
import { type AgentStatus, type RunningAgent, superviseAgent } from "./agent.ts";
import { type Holder, openHolder } from "./agent-terminal.ts";
import { apiIn, openControl, socketIn } from "./control.ts";
import { copyCredentials } from "./credentials.ts";
import { eventLog, logIn } from "./event-log.ts";
import type { UpEvent } from "./events.ts";
import { openLedger } from "./ledger.ts";
import { leaveTrace, removeLeftovers, removeTrace } from "./leftovers.ts";
import { entryOf } from "./listing.ts";
import { lock } from "./lock.ts";
import { killMarked } from "./processes.ts";
import type { RestartPolicy } from "./restart.ts";
import { makeRuntimeFolder, removeFolder } from "./runtime-folder.ts";
import { stateHome } from "./state-home.ts";
import type { Tools } from "./tools.ts";
import { createViewer } from "./viewer.ts";

/** Agents run as the person who started `forge up`, without a control group of their own. */
export const CAPABILITIES: Capabilities = Object.freeze({
  name: "forge up",
  resources: false,
  runAs: false,
});

export interface AgentToStart {
  readonly plan: Plan;
  readonly model?: string;
  readonly failure?: Sign | null;
  /** Writes the plan folder and returns its start program. */
  readonly build: (folder: string) => Promise<string>;
}

export interface UpOptions {
  readonly agents: readonly AgentToStart[];
  /** The directory that holds the agents' state directories. Created when it is missing. */
  readonly state: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly tools: Tools;
  readonly clock: Clock;
  /** By which terminals are looked at; `clock` if it is not given. */
  readonly watchClock?: Clock;
  /** Milliseconds without any change in a turn after which an agent is stuck. */
  readonly stuckAfter?: number | undefined;
  readonly policy: RestartPolicy;
  readonly stopTimeout: number;
  readonly tell: (event: UpEvent) => void;
  /** Ends a start that is still under way; everything of it is cleaned up. */
  readonly signal?: AbortSignal;
  /** Fleet file under which other commands of this user find the fleet; without it they do not. */
  readonly listedAs?: string | undefined;
  /** Serves the API of a fleet that others find, at this socket; its agents are not started yet. */
  readonly serve?: (socket: string, agents: RunningFleet["agents"]) => Promise<AsyncDisposable>;
  /** Gets everything that is seen of an agent. */
  readonly watched?: (agent: string, told: Told) => void;
}

export interface RunningFleet extends AsyncDisposable {
  /** Those that were started; one whose secret is missing is told as failed instead. */
  readonly agents: ReadonlyMap<string, RunningAgent>;
  /** Names of agents that failed for good, so far. */
  readonly failed: ReadonlySet<string>;
  /** Resolves when no agent runs or will be started again. */
  readonly settled: Promise<void>;
  /** Stops every agent and leaves nothing but their state directories. */
  readonly stop: () => Promise<void>;
  /** The same without patience; also speeds up a stop that is under way. */
  readonly kill: () => Promise<void>;
}

const STATES = {
  starting: "starting",
  running: "running",
  "backing-off": "restarting",
  exited: "exited",
  failed: "failed",
  stopped: "stopped",
} as const satisfies { readonly [S in AgentStatus]: UnitState };

/** The fleet by the interface that all supervisors have. */
export function supervisorOf({ agents }: Pick<RunningFleet, "agents">): Supervisor {
  return {
    capabilities: CAPABILITIES,
    observe: async () =>
      [...agents.values()].map(({ name, status }) => ({ name, state: STATES[status()] })),
    stop: async (names) => {
      await Promise.all(names.map((name) => agents.get(name)?.stop()));
    },
  };
}

/** Starts all agents, or throws and leaves nothing. */
export async function startAgents(options: UpOptions): Promise<RunningFleet> {
  await using undo = new AsyncDisposableStack();
  const failed = new Set<string>();
  const { listedAs } = options;
  const ledger = listedAs === undefined ? undefined : openLedger(options.agents, listedAs);
  const log = ledger && eventLog(logIn(options.state));
  const tell = (event: UpEvent) => {
    if (event.kind === "failed") failed.add(event.agent);
    ledger?.note(event);
    log?.(event);
    options.tell(event);
  };
  const { run, folder, viewer, ready } = await prepare({ ...options, tell }, undo);
  const agents = new Map<string, RunningAgent>();
  // Before any agent starts: a fleet whose supervisor is killed at once is found all the same.
  if (ledger !== undefined && listedAs !== undefined) {
    const { stop } = supervisorOf({ agents });
    const [socket, api, log] = [socketIn(folder), apiIn(folder), logIn(options.state)];
    const { pid } = process;
    const listing = { version: 1, run, fleet: listedAs, pid, socket, api, viewer, log } as const;
    if (options.serve) undo.use(await options.serve(api, agents));
    undo.use(await openControl(listing, stateHome(options.env), { agents: ledger.agents, stop }));
  }
  for (const { start } of ready) {
    const agent = start();
    agents.set(agent.name, agent);
  }
  const all = [...agents.values()];
  undo.defer(() => Promise.all(all.map((agent) => agent.kill())).then(() => {}));
  const cleanUp = undo.move();
  const finish = once(async () => {
    await Promise.all(all.map((agent) => agent.settled));
    await cleanUp.disposeAsync();
  });
  const stop = () => {
    for (const agent of all) void agent.stop();
    return finish();
  };
  const kill = () => {
    for (const agent of all) void agent.kill();
    return finish();
  };
  const settled = Promise.all(all.map((agent) => agent.settled)).then(() => {});
  return { agents, failed, settled, stop, kill, [Symbol.asyncDispose]: stop };
}

const once = <T>(work: () => T): (() => T) => {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: work() };
    return result.value;
  };
};

interface Ready {
  readonly watched: { readonly agent: string; readonly socket: string };
  readonly start: () => RunningAgent;
}

interface Prepared {
  readonly run: string;
  /** The runtime folder. */
  readonly folder: string;
  /** Socket of the tmux server that people watch. */
  readonly viewer: string;
  readonly ready: readonly Ready[];
}

/** Everything up to the first start of a harness. Whatever has to be taken back goes on `undo`. */
async function prepare(options: UpOptions, undo: AsyncDisposableStack): Promise<Prepared> {
  const { agents, state, env, tools, clock, signal } = options;
  const run = randomUUID();
  const runtime = await claim({ state, run, env, tools, clock }, undo);
  const viewer = await createViewer({ tools, env, folder: runtime.folder, run, clock });
  if (runtime.earlier !== undefined) {
    await viewer.forget(runtime.earlier);
    await rm(entryOf(stateHome(env), runtime.earlier), { force: true });
  }
  const built = [];
  for (const agent of agents) {
    const folder = join(runtime.folder, "agents", agent.plan.agent);
    await mkdir(folder, { recursive: true });
    built.push({ ...agent, folder, launcher: await agent.build(join(folder, "plan")) });
  }
  signal?.throwIfAborted();
  const ready = await allOf(built.map((agent) => open(agent, { options, run, undo })));
  undo.defer(viewer.close);
  const socket = await viewer.open(ready.map(({ watched }) => watched));
  signal?.throwIfAborted();
  return { run, folder: runtime.folder, viewer: socket, ready };
}

/** Waits for every one even when some fail, so that what they opened can be closed. */
async function allOf<T>(work: readonly Promise<T | undefined>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return (await Promise.all(work)).filter((result) => result !== undefined);
}

type Claim = Pick<UpOptions, "state" | "env" | "tools" | "clock"> & { readonly run: string };

/** The state directory for us alone, what an earlier run left there removed, and a runtime folder. */
async function claim({ state, run, env, tools, clock }: Claim, undo: AsyncDisposableStack) {
  await mkdir(state, { recursive: true, mode: 0o700 });
  const held = await lock(join(state, ".up.lock"), { tools, what: state });
  undo.defer(held.release);
  const earlier = await removeLeftovers(state, clock);
  undo.defer(() => removeTrace(state));
  const folder = await makeRuntimeFolder([env["XDG_RUNTIME_DIR"], env["TMPDIR"]]);
  undo.defer(() => removeFolder(folder));
  await leaveTrace(state, { version: 1, run, runtime: folder });
  undo.defer(() => killMarked(run, clock));
  return { folder, earlier };
}

interface Context {
  readonly options: UpOptions;
  readonly run: string;
  readonly undo: AsyncDisposableStack;
}

/** Opens the agent's terminal. An agent without its secrets fails alone. */
async function open(
  agent: Pick<AgentToStart, "plan" | "failure"> & {
    readonly folder: string;
    readonly launcher: string;
  },
  { options, run, undo }: Context,
): Promise<Ready | undefined> {
  const { plan, folder, launcher, failure = null } = agent;
  const { tell, env, tools, clock, watchClock = clock, policy, stopTimeout, stuckAfter } = options;
  const { watched } = options;
  const name = plan.agent;
  const marker = `${run}/${name}`;
  const credentials = join(folder, "credentials");
  try {
    for (const reason of await copyCredentials(plan, credentials))
      tell({ kind: "warning", agent: name, reason });
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const why = { reason: error.report(), cause: null, code: error.code, screen: [] };
    tell({ kind: "failed", agent: name, ...why });
    return undefined;
  }
  const status = join(folder, "status");
  await mkdir(status);
  const paneEnv = { CREDENTIALS_DIRECTORY: credentials, RUNTIME_DIRECTORY: status };
  const holder: Holder = await openHolder({
    ...{ folder, tools, env, clock, paneEnv },
    ...{ marker: run, paneMarker: marker },
  });
  undo.defer(holder.close);
  const terminal = terminalOf({ tmux: holder.tmux, clock, signs: plan.terminal });
  return {
    watched: { agent: name, socket: holder.socket },
    start: () =>
      superviseAgent({
        ...{ plan, launcher, marker, holder, terminal, failure },
        ...{ runtime: status, records: statusIn(status) },
        ...{ policy, stopTimeout, clock, watchClock, stuckAfter, tell, watched },
      }),
  };
}
