import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { answerTo } from "./tide.ts";

/** An MCP server with one tool, over HTTP, and another over server-sent events. */
export interface Gauge {
  readonly url: string;
  readonly sse: string;
  /** Of every request so far, by path. */
  readonly headersOf: (url: string) => readonly IncomingHttpHeaders[];
  readonly close: () => void;
}

export async function startGauge(): Promise<Gauge> {
  const seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  const streams = openStreams();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "", "http://gauge").pathname;
    seen.push({ path, headers: request.headers });
    const body = await text(request);
    if (path !== "/mcp") return streams(request, response, body);
    const answer = request.method === "POST" ? answerTo(JSON.parse(body), "gauge") : undefined;
    if (answer === undefined) response.writeHead(request.method === "POST" ? 202 : 405).end();
    else
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    sse: `http://127.0.0.1:${port}/sse`,
    headersOf: (url) =>
      seen.filter(({ path }) => path === new URL(url).pathname).map(({ headers }) => headers),
    close,
  };
}

/** MCP's transport of 2024: a stream of events for all answers, which first names an address for the questions. */
function openStreams() {
  const open = new Map<string, ServerResponse>();
  return ({ method, url = "" }: IncomingMessage, response: ServerResponse, body: string): void => {
    const { pathname, search } = new URL(url, "http://gauge");
    if (pathname === "/sse" && method === "GET") {
      const session = `?session=${open.size}`;
      open.set(session, response.writeHead(200, { "content-type": "text/event-stream" }));
      response.write(`event: endpoint\ndata: /messages${session}\n\n`);
      return;
    }
    const stream = open.get(search);
    if (method !== "POST" || stream === undefined) {
      response.writeHead(405).end();
      return;
    }
    const answer = answerTo(JSON.parse(body), "swell");
    if (answer) stream.write(`event: message\ndata: ${JSON.stringify(answer)}\n\n`);
    response.writeHead(202).end();
  };
}
