import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Clock } from "../../clock.ts";
import { run } from "../../terminal/engine/command.ts";
import { commands, type Tmux, tmuxClient } from "../../terminal/engine/tmux.ts";
import { type Message, openChannel } from "./channel.ts";
import type { Ending } from "./events.ts";
import { MARKER } from "./processes.ts";
import { holderConfig, PANE } from "./tmux-texts.ts";
import type { Tools } from "./tools.ts";

/** One start of a harness in a terminal. */
export interface Run {
  /** The launcher, then the harness. */
  readonly pid: number;
  /** Its process group, which is the pane script's. */
  readonly group: number;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
}

/** The terminal of one agent: a private tmux server that is our own child and outlives the harness. */
export interface Holder {
  readonly socket: string;
  readonly tmux: Tmux;
  /** Starts a program in the terminal, in place of whatever ran there; restarts a lost server first. */
  start(program: string): Promise<Run>;
  close(): Promise<void>;
}

export interface HolderOptions {
  /** Private folder of this agent's terminal; exists. */
  readonly folder: string;
  /** FORGE_RUN of the server, and of what runs in the terminal. */
  readonly marker: string;
  readonly paneMarker: string;
  /** Variables that the program gets besides. */
  readonly paneEnv: { readonly [name: string]: string };
  readonly tools: Tools;
  readonly env: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
}

const SERVER_START_MS = 10_000;

export async function openHolder(options: HolderOptions): Promise<Holder> {
  const { folder, tools } = options;
  const fifo = join(folder, "events");
  const socket = join(folder, "sock");
  const env = { PATH: options.env["PATH"], HOME: options.env["HOME"], [MARKER]: options.marker };
  await writeFile(join(folder, "tmux.conf"), holderConfig(fifo));
  await writeFile(join(folder, "pane"), PANE);
  const made = await run({ file: tools.mkfifo, args: ["-m", "600", fifo], env });
  if (!made.ok) throw new Error(made.stderr);
  const runs = createRuns();
  const channel = openChannel(fifo, runs.receive);
  const tmux = tmuxClient({ bin: tools.tmux, server: ["-S", socket], env });
  let server = await startServer({ options, env, socket, tmux, runs }).catch((error: unknown) => {
    channel.close();
    throw error;
  });
  return {
    socket,
    tmux,
    start: async (program) => {
      if (hasEnded(server)) server = await startServer({ options, env, socket, tmux, runs });
      const { id, started, ended } = runs.next();
      await tmux.run(respawn(id, options, [join(folder, "pane"), String(id), fifo, program]));
      return { ...(await started), ended };
    },
    close: async () => {
      await endProcess(server, options.clock);
      channel.close();
    },
  };
}

const respawn = (id: number, { tools, paneMarker, paneEnv }: HolderOptions, command: string[]) => {
  const variables = Object.entries({ ...paneEnv, [MARKER]: paneMarker });
  const environment = variables.flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  return commands(
    ["set-option", "-p", "-t", "agent:", "@run", String(id)],
    ["respawn-pane", "-k", "-t", "agent:", ...environment, tools.bash, ...command],
  );
};

interface Server {
  readonly options: HolderOptions;
  readonly env: { readonly [name: string]: string | undefined };
  readonly socket: string;
  readonly tmux: Tmux;
  readonly runs: Runs;
}

async function startServer({ options, env, socket, tmux, runs }: Server): Promise<ChildProcess> {
  const { tools, folder, clock } = options;
  // In a session of its own, because SIGINT ends a tmux server.
  const child = spawn(tools.tmux, ["-S", socket, "-f", join(folder, "tmux.conf"), "-D"], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env,
  });
  const complaint = text(child.stderr);
  const failed = new AbortController();
  child.once("error", (error) => failed.abort(error));
  child.once("exit", async () => {
    const words = (await complaint).trim();
    const reason = `the tmux server of its terminal ended${words && `: ${words}`}`;
    runs.lose(reason);
    failed.abort(new Error(reason));
  });
  const signal = AbortSignal.any([failed.signal, AbortSignal.timeout(SERVER_START_MS)]);
  try {
    await answers(tmux, clock, signal);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return child;
}

/**
 * A server started with -D reads its configuration when its first client comes, and lets that client
 * wait for it: an answer means that all is set up.
 */
async function answers(tmux: Tmux, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!(await tmux.try(["has-session", "-t", "=agent"])).ok) {
    signal.throwIfAborted();
    await clock.sleep(5, signal);
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

async function endProcess(child: ChildProcess, clock: Clock): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, "exit");
  const enough = new AbortController();
  child.kill("SIGTERM");
  const timeout = clock.sleep(SERVER_START_MS / 5, enough.signal).then(
    () => child.kill("SIGKILL"),
    () => {}, // it went in time
  );
  await exit;
  enough.abort();
  await timeout;
}

interface Runs {
  next(): {
    readonly id: number;
    readonly started: Promise<Started>;
    readonly ended: Promise<Ending>;
  };
  receive(message: Message): void;
  /** The terminal is gone, and whatever ran there with it. */
  lose(reason: string): void;
}

type Started = Pick<Run, "pid" | "group">;

/** Joins reports to the start that they belong to. At most one start is current. */
function createRuns(): Runs {
  let count = 0;
  let started = Promise.withResolvers<Started>();
  let ended = Promise.withResolvers<Ending>();
  const lose = (reason: string) => {
    started.promise.catch(() => {}); // no one may be waiting for a start
    started.reject(new Error(reason));
    ended.resolve({ kind: "lost", reason });
  };
  return {
    next: () => {
      count += 1;
      started = Promise.withResolvers();
      ended = Promise.withResolvers();
      return { id: count, started: started.promise, ended: ended.promise };
    },
    receive: (message) => {
      if (message.run !== count) return;
      if (message.kind === "started") started.resolve(message);
      if (message.kind === "ended") ended.resolve(endingOf(message.code));
      if (message.kind === "died") lose("its terminal's main process was killed");
    },
    lose,
  };
}

/** Shells report a death by signal n as 128 + n, and so does bash to us. */
function endingOf(code: number): Ending {
  const signal = Object.entries(constants.signals).find(([, number]) => number + 128 === code)?.[0];
  return signal === undefined ? { kind: "code", code } : { kind: "signal", code, signal };
}
