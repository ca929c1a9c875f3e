import type { Clock } from "../../runtime/clock.ts";
import type { RunningAgent } from "../../runtime/supervisor/local/agent.ts";
import type { UpOptions } from "../../runtime/supervisor/local/fleet.ts";
import type { Agent } from "../../schema/agent.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { eventLog } from "../event-log.ts";
import type { FleetPrompts } from "../fleet-prompts.ts";
import { serveHost } from "../http/listen.ts";
import { openPrompts } from "../open-prompts.ts";
import { noteSeen } from "../status-events.ts";
import { localHost } from "./host.ts";

interface Options {
  readonly declared: ReadonlyMap<string, { readonly agent: Agent; readonly harness: Harness }>;
  /** The ledger. */
  readonly file: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly warn: (agent: string, reason: string) => void;
}

/** What `forge up` has of the daemon: the same prompts, events and API, for its own agents. */
export interface LocalHost extends AsyncDisposable {
  readonly prompts: FleetPrompts;
  readonly serve: NonNullable<UpOptions["serve"]>;
  readonly watched: NonNullable<UpOptions["watched"]>;
  /** Begins to deliver to agents that were started. */
  readonly attach: (agents: Iterable<RunningAgent>) => void;
}

export async function openLocalHost(options: Options): Promise<LocalHost> {
  const { declared, file, clock, wall, warn } = options;
  const of = <T>(read: (harness: Harness, agent: Agent) => T): ReadonlyMap<string, T> =>
    new Map([...declared].map(([name, { harness, agent }]) => [name, read(harness, agent)]));
  const events = eventLog(wall);
  const composers = of(({ composer }) => composer);
  const sessions = of((harness) => harness.sessions);
  const prompts = await openPrompts({ file, composers, sessions, clock, wall, events, warn });
  return {
    prompts,
    watched: noteSeen(events, prompts),
    serve: (path, agents) => {
      const host = localHost({
        ...{ agents, prompts, events, clock },
        declared: of(({ interrupt }, { model }) => ({ model, interrupt })),
      });
      const endpoint = { kind: "unix", path, mode: 0o600, role: "write" } as const;
      return serveHost({ host, endpoints: [endpoint], warn: (what) => warn("forge up", what) });
    },
    attach: (agents) =>
      prompts.attach(
        [...agents].map((agent) => ({ ...agent, isRunning: () => agent.status() === "running" })),
      ),
    [Symbol.asyncDispose]: () => prompts[Symbol.asyncDispose](),
  };
}
