import { join } from "node:path";
import type { Clock } from "../../runtime/clock.ts";
import { checkManifest } from "../../runtime/supervisor/systemd/check.ts";
import { readManifest } from "../../runtime/supervisor/systemd/manifest.ts";
import { watchAgents } from "../../runtime/supervisor/systemd/watch.ts";
import type { Role } from "../../schema/api/operations.ts";
import { PATHS } from "../../schema/host-paths.ts";
import type { SpooledPrompt } from "../../schema/spooled-prompt.ts";
import { endTurn } from "../end-turn.ts";
import { eventLog } from "../event-log.ts";
import type { FleetPrompts } from "../fleet-prompts.ts";
import { inheritedSockets } from "../http/inherited.ts";
import { type Endpoint, serveHost } from "../http/listen.ts";
import { openPrompts } from "../open-prompts.ts";
import { noteSeen } from "../status-events.ts";
import { declaredAgents, type HostAgent } from "./agents.ts";
import { nixosHost } from "./host.ts";
import { takeSpool } from "./spool.ts";
import { createUnits } from "./units.ts";
import { type AgentWatch, watchAgent } from "./watch.ts";

interface Options {
  readonly env: { readonly [name: string]: string | undefined };
  readonly pid: number;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** A line for the journal. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** By the name of the socket, see modules/daemon.nix. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ["forge-operators", "write"],
  ["forge-observers", "read"],
]);

/** The daemon of a NixOS host, until the signal. Throws MANIFEST_MISSING, MANIFEST_INVALID, PLAN_INVALID, LISTEN_FAILED. */
export async function runDaemon(options: Options): Promise<void> {
  const { env, pid, clock, wall, say, signal } = options;
  await using undo = new AsyncDisposableStack();
  const units = createUnits();
  const manifest = checkManifest(readManifest());
  const agents = await declaredAgents({ manifest, units, clock });
  const events = eventLog(wall);
  const file = join(env["STATE_DIRECTORY"] ?? ".", "prompts.db");
  const warn = (agent: string, reason: string) => say(`${agent}: ${reason}`);
  const composers = composersOf(agents);
  const prompts = undo.use(
    await openPrompts({ file, composers, sessions: UNREADABLE, clock, wall, events, warn }),
  );
  prompts.attach(agents.values());
  const seen = noteSeen(events, prompts);
  const watches = new Map<string, AgentWatch>();
  for (const [name, agent] of agents)
    watches.set(name, watchAgent(agent, { clock, wall, seen, signal }));
  const watching = watchAgents({
    ...{ clock, signal },
    tell: (found) => {
      for (const { agent, kind } of units.update(found)) prompts.note(agent, kind);
      for (const [name, watch] of watches) watch.unit(units.of(name));
    },
    fail: (error) => say(error instanceof Error ? error.message : String(error)),
  });
  const spool = { folder: PATHS.spool, ...spooled(prompts, wall, say) };
  await takeSpool(spool);
  const statusOf = (name: string) => {
    const watch = watches.get(name);
    if (watch === undefined) throw new Error(`${name} is not watched`);
    return { status: watch.status(), turns: watch.turns() };
  };
  const host = nixosHost({
    ...{ agents, units, statusOf, prompts, events },
    interrupt: (agent) => endTurn({ ...agent, presses: agent.recipe?.interrupt ?? [], clock }),
  });
  undo.use(await serveHost({ host, endpoints: endpoints(env, pid), warn: say }));
  say(`serves ${agents.size} agents`);
  // It may have been alive, and out of reach for a while.
  while (!signal.aborted) {
    await clock.sleep(SPOOL_EVERY, signal).catch(() => {}); // over
    await takeSpool(spool);
  }
  await watching;
  await Promise.all([...watches.values()].map(({ over }) => over));
}

/** Milliseconds. */
const SPOOL_EVERY = 5000;

/** On NixOS the state of an agent is closed to everyone else. */
const UNREADABLE = new Map<string, null>();

const composersOf = (agents: ReadonlyMap<string, HostAgent>) =>
  new Map([...agents].map(([name, { recipe }]) => [name, recipe?.composer ?? null]));

function endpoints(env: Options["env"], pid: number): readonly Endpoint[] {
  return [...inheritedSockets(env, pid)].flatMap(([name, fds]) => {
    const role = ROLES.get(name);
    return role ? fds.map((fd) => ({ kind: "inherited", fd, role }) as const) : [];
  });
}

/** Prompts that were sent while no daemon ran. */
function spooled(prompts: FleetPrompts, wall: () => number, say: Options["say"]) {
  const told = new Set<string>();
  return {
    accept: async ({ agent, text, key, priority, expires }: SpooledPrompt) => {
      const ttl = expires === undefined ? undefined : expires - wall();
      await prompts.ask({
        ...{ kind: "send", agent, text, key },
        ...(priority === undefined ? {} : { priority }),
        ...(ttl === undefined ? {} : { ttl: Math.max(1, ttl) }),
      });
    },
    refuse: (file: string, error: unknown) => {
      if (told.has(file)) return;
      told.add(file);
      say(`${file} is not taken: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}
