import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { jsonOutcome, type Outcome, route } from "./route.ts";
import type { Turn } from "./wire.ts";

/** One request as the stub understood it. Probes and unknown paths have no turn. */
export type StubRequest = {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly status: number;
  /** Only those that tests ask about. */
  readonly headers: Readonly<Record<string, string>>;
  readonly turn: Turn | undefined;
  /** As it came. */
  readonly body: string;
};

export type StubModel = AsyncDisposable & {
  readonly url: string;
  /** Live: grows as requests arrive, before they are answered. */
  readonly requests: ReadonlyArray<StubRequest>;
  /** Cuts open streams. */
  close(): Promise<void>;
};

type Options = { readonly port?: number; readonly host?: "127.0.0.1" };

/** A stub model provider for tests: loopback only, no model, no network. */
export async function startStubModel({ port = 0, host = "127.0.0.1" }: Options = {}) {
  const requests: StubRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "/", headers } = request;
    const [path = "/"] = url.split("?");
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the client hung up before it had finished asking
    if (path === "/stub/requests") return send(jsonOutcome(200, requests), response);
    const outcome = route({ method, path, body }, `stub_${requests.length + 1}`);
    const { status, turn } = outcome;
    requests.push({ method, path, status, headers: interesting(headers), turn, body });
    await send(outcome, response);
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = z.object({ port: z.number() }).parse(server.address());
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  const stub: StubModel = {
    url: `http://${host}:${address.port}`,
    requests,
    close,
    [Symbol.asyncDispose]: close,
  };
  return Object.freeze(stub);
}

const INTERESTING = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "anthropic-beta",
  "anthropic-version",
  "chatgpt-account-id",
  "user-agent",
];

function interesting(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = INTERESTING.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  return Object.fromEntries(kept);
}

async function send(outcome: Outcome, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { signal } = gone;
  try {
    if (outcome.delayMs > 0) await sleep(outcome.delayMs, undefined, { signal });
    response.writeHead(outcome.status, { "content-type": outcome.contentType });
    for (const [index, chunk] of outcome.chunks.entries()) {
      if (index > 0 && outcome.slowMs > 0) await sleep(outcome.slowMs, undefined, { signal });
      response.write(chunk);
    }
    response.end();
  } catch (error) {
    // The client hung up while we waited: nobody is left to answer.
    if (!signal.aborted) throw error;
  }
}
