import { systemClock } from "../../runtime/clock.ts";
import type { AgentReport } from "../../schema/agent-status.ts";
import type { HostEvent } from "../../schema/api/event.ts";
import { ForgeError } from "../../schema/errors.ts";
import { isAlive } from "../host/is-alive.ts";
import type { Source } from "../host/sources.ts";

/** What a source has to tell; `fleet` is its fleet file, or null for the host. */
export type News = { readonly fleet: string | null } & (
  | { readonly kind: "agents"; readonly agents: readonly AgentReport[] }
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "lost" }
  | { readonly kind: "found" }
  /** Nobody answered at all, or the API refused. */
  | { readonly kind: "failed"; readonly error: ForgeError }
);

interface Options {
  readonly tell: (news: News) => void;
  readonly signal: AbortSignal;
}

const AGAIN = 500;

/**
 * Tells all agents of a source, then each event, until the signal. A fleet ends with its `forge up`; forged may come
 * back, and then all agents are told again.
 */
export async function watchSource(source: Source, { tell, signal }: Options): Promise<void> {
  const fleet = source.fleet?.fleet ?? null;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  let wasLost = false;
  const connected = (isOpen: boolean) => {
    if (!isOpen && source.fleet && !isAlive(source.fleet.pid)) over.abort();
    else if (isOpen === wasLost) tell({ fleet, kind: isOpen ? "found" : "lost" });
    wasLost = !isOpen;
  };
  const tellAgents = async (): Promise<number> => {
    const { agents, lastEvent } = await source.read.agents(until);
    tell({ fleet, kind: "agents", agents });
    return lastEvent;
  };
  try {
    const after = await tellAgents();
    for await (const told of source.read.events({ after, signal: until, connected })) {
      if (told.kind === "event") tell({ fleet, kind: "event", event: told.event });
      else await again(tellAgents, until);
    }
  } catch (error) {
    if (until.aborted) return;
    if (!(error instanceof ForgeError)) throw error;
    tell({ fleet, kind: "failed", error });
  }
}

/** Until it is done: the source answered a moment ago, and may be starting. */
async function again(work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof ForgeError) || error.code !== "API_UNREACHABLE") throw error;
      await systemClock.sleep(AGAIN, signal).catch(() => {}); // the loop ends then
    }
  }
}
