import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { ForgeError } from "../../schema/errors.ts";
import { findFleets, isHost } from "./agents.ts";
import type { Api } from "./api.ts";
import { apiOf, readApiOf } from "./api-of.ts";

/** One API: forged's, or that of a running `forge up`. */
export interface Source {
  /** Undefined for the host. */
  readonly fleet: ListedFleet | undefined;
  readonly read: Api;
  readonly write: Api;
}

export const sourceOf = (fleet: ListedFleet | undefined): Source => ({
  fleet,
  read: readApiOf(fleet),
  write: apiOf(fleet),
});

/** All that there are for this user. Throws API_UNREACHABLE if there is none. */
export async function findSources(): Promise<readonly Source[]> {
  const fleets = await findFleets();
  const sources = [...(isHost() ? [undefined] : []), ...fleets].map(sourceOf);
  if (sources.length > 0) return sources;
  throw new ForgeError("API_UNREACHABLE", "this machine declares no agents, and no forge up runs", {
    fix: "start a fleet with forge up, or run this on a host with agents",
  });
}

/** What each source answers, and why others do not. A mistake of ours is thrown. */
export async function askAll<T>(
  sources: readonly Source[],
  ask: (source: Source) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly failures: readonly ForgeError[] }> {
  const settled = await Promise.allSettled(sources.map(ask));
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failures = settled.flatMap((one) => (one.status === "rejected" ? [known(one.reason)] : []));
  return { answers, failures };
}

function known(reason: unknown): ForgeError {
  if (reason instanceof ForgeError) return reason;
  throw reason;
}
