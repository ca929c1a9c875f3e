import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostEvent, Reset } from "../../schema/api/event.ts";
import { ForgeError } from "../../schema/errors.ts";
import { failure, responseOf } from "./api-request.ts";

/** An event, or word that some are missing: then what was known has to be asked for again. */
export type Told =
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "reset"; readonly reset: Reset };

export interface Following {
  /** Begins after the event with this id; with the next one if it is not given. */
  readonly after?: number;
  readonly signal: AbortSignal;
  /** Milliseconds without a byte, after which the connection is taken for lost: three heartbeats. */
  readonly silenceMs?: number;
  /** Milliseconds before a lost connection is made again, at first and at most. */
  readonly pauses?: { readonly first: number; readonly most: number };
  /** Whether there is a connection now: at each that is made, and after each that is lost or cannot be made again. */
  readonly connected?: (isOpen: boolean) => void;
}

const PAUSES = { first: 100, most: 5000 };

/**
 * Events until the signal, each once and in order. A connection that is lost is made again, and goes on where it was. Throws
 * if there is none at first, and what the API refuses.
 */
export async function* follow(
  socketPath: string,
  { after, signal, silenceMs = 45_000, pauses = PAUSES, connected = () => {} }: Following,
): AsyncGenerator<Told> {
  let last = after;
  let wasOpen = false;
  let isOpen = false;
  let pause = pauses.first;
  while (!signal.aborted) {
    try {
      for await (const { id, told } of connection(socketPath, { last, signal, silenceMs })) {
        last = id;
        if (!isOpen) connected(true);
        isOpen = true;
        wasOpen = true;
        pause = pauses.first;
        if (told) yield told;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!wasOpen || !isLost(error)) throw error;
    }
    isOpen = false;
    if (!signal.aborted) connected(false);
    await sleep(pause, undefined, { signal }).catch(() => {}); // the loop ends then
    pause = Math.min(2 * pause, pauses.most);
  }
}

const isLost = (error: unknown): boolean =>
  error instanceof ForgeError && error.code === "API_UNREACHABLE";

interface Message {
  readonly id: number;
  readonly told: Told | undefined;
}

interface Connecting {
  readonly last: number | undefined;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
}

async function* connection(
  socketPath: string,
  { last, ...rest }: Connecting,
): AsyncGenerator<Message> {
  const headers = last === undefined ? {} : { "last-event-id": String(last) };
  const response = await responseOf(socketPath, { path: "/v1/events", headers, ...rest });
  try {
    yield* messages(response);
  } catch (error) {
    throw rest.signal.aborted ? error : failure(socketPath, error);
  } finally {
    response.destroy();
  }
}

/** Server-sent events, as the daemon writes them: a line for each field. */
async function* messages(response: IncomingMessage): AsyncGenerator<Message> {
  let fields: { [name: string]: string } = {};
  for await (const line of lines(response)) {
    const colon = line.indexOf(": ");
    if (line !== "") fields[line.slice(0, colon)] = line.slice(colon + 2);
    else {
      if (fields["id"] !== undefined) yield { id: Number(fields["id"]), told: toldBy(fields) };
      fields = {};
    }
  }
}

function toldBy({ event, data }: { readonly [name: string]: string }): Told | undefined {
  if (data === undefined) return undefined;
  return event === "reset"
    ? { kind: "reset", reset: JSON.parse(data) }
    : { kind: "event", event: JSON.parse(data) };
}

/** By LF alone: node:readline also breaks lines at U+2028, which JSON may hold. */
async function* lines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
