import type { HostEvent } from "./host.ts";

/** As many as are kept for those who were away. */
const KEPT = 4096;

type News = Pick<HostEvent, "agent" | "kind" | "data">;

/** What happened lately, for whoever follows it. */
export interface EventLog {
  readonly add: (news: News) => void;
  readonly last: () => number;
  readonly after: (id: number) => readonly HostEvent[] | undefined;
  readonly follow: (tell: (event: HostEvent) => void, signal: AbortSignal) => void;
}

/**
 * Ids begin with the time of the start, in microseconds: so those of an earlier process are lower, and whoever has one
 * learns that events are missing.
 */
export function eventLog(wall: () => number): EventLog {
  const kept: HostEvent[] = [];
  const followers = new Set<(event: HostEvent) => void>();
  const first = wall() * 1000;
  let last = first;
  return {
    add: (news) => {
      const event = { id: ++last, at: wall(), ...news };
      kept.push(event);
      if (kept.length > KEPT) kept.shift();
      for (const tell of followers) tell(event);
    },
    last: () => last,
    after: (id) => {
      const oldest = kept[0]?.id ?? last + 1;
      return id + 1 < oldest || id > last ? undefined : kept.slice(id + 1 - oldest);
    },
    follow: (tell, signal) => {
      if (signal.aborted) return;
      followers.add(tell);
      signal.addEventListener("abort", () => followers.delete(tell), { once: true });
    },
  };
}
