import type { HostEvent } from "../schema/api/event.ts";
import type { HostEvents } from "./host.ts";

/** As many as are kept for those who were away. */
const KEPT = 4096;

/** An event without what the log adds. */
type NewsOf<E> = E extends HostEvent ? Omit<E, "id" | "at"> : never;
export type News = NewsOf<HostEvent>;

/** What happened lately, for whoever follows it. */
export interface EventLog extends HostEvents {
  readonly add: (news: News) => void;
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
