import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { answerTo } from "./tide.ts";

/** An MCP server with one tool, over HTTP. */
export interface Gauge {
  readonly url: string;
  /** Of every request so far. */
  readonly headers: readonly IncomingHttpHeaders[];
  readonly close: () => void;
}

export async function startGauge(): Promise<Gauge> {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    headers.push(request.headers);
    const body = await text(request);
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
  return { url: `http://127.0.0.1:${port}/mcp`, headers, close };
}
