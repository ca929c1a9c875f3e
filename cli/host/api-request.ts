import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { isErrorCode } from "../../schema/error-catalogue.ts";
import { ForgeError } from "../../schema/errors.ts";
import { type JsonObject, objectIn } from "../../schema/json.ts";

export interface Call {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly headers?: { readonly [name: string]: string };
  /** Milliseconds without a byte, after which nobody is taken to answer. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const SILENCE = 30_000;

/** The answer to a request on a unix socket. Throws what the API refuses, and API_UNREACHABLE. */
export async function answerOf(socketPath: string, call: Call): Promise<JsonObject> {
  const response = await responseOf(socketPath, call);
  return objectIn(await bodyOf(socketPath, response));
}

/** The header of a successful answer; its body is still to be read. */
export async function responseOf(socketPath: string, call: Call): Promise<IncomingMessage> {
  const response = await sent(socketPath, call);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  const { code, detail, fix } = objectIn(await bodyOf(socketPath, response));
  if (isErrorCode(code)) throw new ForgeError(code, String(detail), { fix: String(fix) });
  throw unreachable(socketPath, `it answered with status ${status}, and without a code of forge`);
}

async function sent(
  socketPath: string,
  { method = "GET", path, body, headers, silenceMs = SILENCE, signal }: Call,
): Promise<IncomingMessage> {
  const asked = request({
    ...{ socketPath, method, path, agent: false, timeout: silenceMs },
    headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
    ...(signal ? { signal } : {}),
  });
  asked.on("timeout", () => asked.destroy(new Error(`no byte came for ${silenceMs} ms`)));
  asked.on("error", () => {}); // a later one is the response's too
  asked.end(body ? JSON.stringify(body) : undefined);
  try {
    const [response]: IncomingMessage[] = await once(asked, "response");
    if (response) return response;
    throw new Error("no response");
  } catch (error) {
    throw signal?.aborted ? error : failure(socketPath, error);
  }
}

async function bodyOf(socketPath: string, response: IncomingMessage): Promise<string> {
  try {
    return await text(response);
  } catch (error) {
    throw failure(socketPath, error);
  }
}

export function failure(socketPath: string, error: unknown): ForgeError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES") {
    return new ForgeError("ACCESS_DENIED", `this user may not open ${socketPath}`, {
      fix: "join the group that the socket belongs to, and log in again",
      cause: error,
    });
  }
  return unreachable(socketPath, error instanceof Error ? error.message : String(error), error);
}

export const unreachable = (socketPath: string, why: string, cause?: unknown): ForgeError =>
  new ForgeError("API_UNREACHABLE", `${socketPath}: ${why}`, {
    fix: "see that forge's daemon, or forge up, runs and is of the same version",
    cause,
  });
