import type { ServerResponse } from "node:http";
import type { HostEvent, Reset } from "../../schema/api/event.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { HostEvents } from "../host.ts";

export interface StreamLimits {
  readonly subscribers: number;
  readonly heartbeatMs: number;
}

export const STREAM_LIMITS: StreamLimits = { subscribers: 100, heartbeatMs: 15_000 };

export interface EventStreams extends Disposable {
  /** Answers with the events after an id, or with those from now on. Throws LIMIT_REACHED. */
  readonly open: (response: ServerResponse, after: number | undefined) => void;
  readonly count: () => number;
}

/** Heartbeats without any byte taken, after which a subscriber is dropped. */
const PATIENCE = 2;

/**
 * A subscriber is no more than the id of its last event: it gets the next ones from the host when its socket takes more.
 * So a slow one costs no memory; if it falls behind what the host keeps, it gets a reset.
 */
export function eventStreams(events: HostEvents, limits: StreamLimits): EventStreams {
  const open = new Set<ServerResponse>();
  return {
    count: () => open.size,
    open: (response, after) => {
      if (open.size >= limits.subscribers) {
        throw new ForgeError("LIMIT_REACHED", `${open.size} subscribers follow already`, {
          fix: "close one, or ask again later",
        });
      }
      open.add(response);
      response.once("close", () => open.delete(response));
      subscribe(response, { events, after: after ?? events.last(), limits });
    },
    [Symbol.dispose]: () => {
      for (const response of open) response.end();
    },
  };
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

interface Subscription {
  readonly events: HostEvents;
  readonly after: number;
  readonly limits: StreamLimits;
}

function subscribe(response: ServerResponse, { events, after, limits }: Subscription): void {
  const over = new AbortController();
  let last = after;
  let unread = 0;
  const pump = (): void => {
    for (const { id, text } of pending(events, () => last)) {
      if (response.writableNeedDrain || over.signal.aborted) return;
      last = id;
      response.write(text);
    }
  };
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": \n\n");
    else if (++unread >= PATIENCE) response.destroy();
  }, limits.heartbeatMs);
  response.on("drain", () => {
    unread = 0;
    pump();
  });
  response.once("close", () => {
    over.abort();
    clearInterval(beat);
  });
  response.on("error", () => response.destroy());
  response.writeHead(200, HEADERS);
  response.write(`id: ${after}\n\n`); // no event, but the id to come back with
  events.follow(pump, over.signal);
  pump();
}

interface Message {
  readonly id: number;
  readonly text: string;
}

/** What comes after the last id, as long as there is anything. */
function* pending(events: HostEvents, last: () => number): Generator<Message> {
  while (last() !== events.last()) {
    const missed = last() > events.last() ? undefined : events.after(last());
    if (missed === undefined) yield reset(last(), events.last());
    else for (const event of missed) yield message(event);
    if (missed?.length === 0) return;
  }
}

const message = (event: HostEvent): Message => ({
  id: event.id,
  text: `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
});

function reset(after: number, id: number): Message {
  const data: Reset = { after };
  return { id, text: `id: ${id}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n` };
}
