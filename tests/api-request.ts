import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";

export interface Asked {
  readonly at: { readonly socketPath: string } | { readonly port: number; readonly host?: string };
  readonly path: string;
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
}

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** One request on a connection of its own. A stream without end is left once its header came. */
export async function ask({ at, path, method = "GET", headers = {}, body }: Asked) {
  const sent = request({ ...at, path, method, headers: { connection: "close", ...headers } });
  sent.end(body);
  const [response] = await once(sent, "response");
  const type = String(response.headers["content-type"]);
  const isEndless = type.startsWith("text/event-stream");
  const answered: Answered = {
    ...{ status: Number(response.statusCode), type },
    body: isEndless ? "" : await text(response),
  };
  if (isEndless) sent.destroy();
  return answered;
}
