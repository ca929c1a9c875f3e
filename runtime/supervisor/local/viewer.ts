import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ForgeError } from "../../../schema/errors.ts";
import type { Clock } from "../../clock.ts";
import { commands, type Tmux, tmuxClient } from "../../terminal/engine/tmux.ts";
import { endDeadRun, endSessions, identityOf } from "./dead-run.ts";
import { VIEW, VIEWER_CONFIG } from "./tmux-texts.ts";
import type { Tools } from "./tools.ts";

export interface Watched {
  readonly agent: string;
  /** Socket of the agent's private server. */
  readonly socket: string;
}

export interface ViewerOptions {
  readonly tools: Tools;
  /** The user's environment: their server, their locale, their TMUX_TMPDIR. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Where the configuration and the script go. */
  readonly folder: string;
  readonly run: string;
  readonly clock: Clock;
}

export const SERVER = "forge";
export const sessionOf = (agent: string): string => `agent-${agent}`;

/** What a person needs to know once agents run. */
export const howToWatch = ([first = "<name>"]: readonly string[], stop = "Ctrl-C"): string =>
  [
    `watch: tmux -u -L ${SERVER} attach -t ${sessionOf(first)}   (C-b s: the others, C-b d: leave)`,
    `stop:  ${stop}`,
  ].join("\n");

/** The people's side: sessions on `tmux -L forge`, which may be running already and have others in it. */
export interface Viewer {
  /** Ends the sessions of an earlier run that could not. */
  forget(run: string): Promise<void>;
  /** Returns the server's socket. Throws when a name is taken. */
  open(watched: readonly Watched[]): Promise<string>;
  /** Ends our sessions; the server ends with its last one. */
  close(): Promise<void>;
}

export async function createViewer(options: ViewerOptions): Promise<Viewer> {
  const { tools, folder, run, clock } = options;
  const { TMUX: _, TMUX_PANE: __, ...env } = options.env;
  const config = join(folder, "viewer.conf");
  await writeFile(config, VIEWER_CONFIG);
  await writeFile(join(folder, "view"), VIEW);
  const tmux = tmuxClient({ bin: tools.tmux, server: ["-L", SERVER, "-f", config], env });
  return {
    forget: (earlier) => endSessions(tmux, earlier),
    open: async (watched) => {
      for (const each of watched) await openSession(tmux, each, options);
      return (await serverOf(tmux))?.socket ?? "";
    },
    close: async () => {
      const server = await serverOf(tmux);
      await endSessions(tmux, run);
      if (server) await removeSocket(tmux, server.socket, clock);
    },
  };
}

async function openSession(tmux: Tmux, watched: Watched, options: ViewerOptions): Promise<void> {
  const { clock } = options;
  if (await makeSession(tmux, watched, options)) return;
  const session = sessionOf(watched.agent);
  const other = await ownerOf(tmux, session);
  if (other?.isDead) {
    await endDeadRun({ ...other, tmux, clock });
    if (await makeSession(tmux, watched, options)) return;
  }
  const fix = other
    ? `stop that fleet: kill -INT ${other.pid}; or rename the agent`
    : `rename the agent, or end that session: tmux -L ${SERVER} kill-session -t ${session}`;
  const whose = other ? "another fleet's agent" : "it is none of an agent";
  const what = `tmux -L ${SERVER} already has a session ${session}: ${whose}`;
  throw new ForgeError("ALREADY_RUNNING", what, { fix });
}

/** Returns false if the name is taken. */
async function makeSession(tmux: Tmux, watched: Watched, { tools, folder, run }: ViewerOptions) {
  const session = sessionOf(watched.agent);
  const target = `=${session}:`;
  const view = [tools.bash, join(folder, "view"), watched.agent, tools.tmux, watched.socket];
  const set = (name: string, value: string) => ["set-option", "-t", target, name, value];
  const opened = await tmux.try(
    commands(
      ["new-session", "-d", "-s", session, "-x", "200", "-y", "50", ...view, tools.sleep],
      set("@forge_run", run),
      set("@forge_owner", identityOf(process.pid) ?? ""),
      set("@forge_socket", watched.socket),
      set("@forge_tmux", tools.tmux),
    ),
  );
  if (opened.ok) return true;
  if (opened.stderr.includes("duplicate session")) return false;
  throw new Error(`tmux -L ${SERVER}: ${opened.stderr}`);
}

/** The run that a session belongs to, and whether its supervisor has been killed; nothing for a person's own session. */
async function ownerOf(tmux: Tmux, session: string) {
  const format = "#{@forge_run} #{@forge_owner} #{@forge_socket}";
  const { stdout } = await tmux.try(["display-message", "-p", "-t", `=${session}:`, format]);
  const [, run, pid, since, socket] = /^(\S+) (\d+):(\d+) (\/.*)$/.exec(stdout) ?? [];
  if (run === undefined || pid === undefined || socket === undefined) return undefined;
  const isDead = identityOf(Number(pid)) !== `${pid}:${since}`;
  return { run, pid, isDead, runtime: dirname(dirname(dirname(socket))) };
}

async function serverOf(tmux: Tmux): Promise<{ readonly socket: string } | undefined> {
  const { ok, stdout } = await tmux.try(["display-message", "-p", "#{socket_path}"]);
  return ok && stdout !== "" ? { socket: stdout } : undefined;
}

/** tmux leaves the socket of a server that ended. */
export async function removeSocket(tmux: Tmux, socket: string, clock: Clock): Promise<void> {
  const deadline = clock.now() + 2000;
  for (;;) {
    const { ok, stdout } = await tmux.try(["list-sessions"]);
    if (!ok) return rm(socket, { force: true });
    // A server with sessions is someone's; one without is about to end.
    if (stdout !== "" || clock.now() > deadline) return;
    await clock.sleep(10);
  }
}
