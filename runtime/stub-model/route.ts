import * as z from "zod";
import { anthropic } from "./anthropic.ts";
import { chat } from "./chat.ts";
import { decide } from "./directives.ts";
import { gemini } from "./gemini.ts";
import { responses } from "./responses.ts";
import type { ServerSentEvent, Stamp, Turn, Wire } from "./wire.ts";

/** A response, ready to be sent piece by piece. */
export type Outcome = {
  readonly status: number;
  readonly contentType: "application/json" | "text/event-stream";
  readonly chunks: ReadonlyArray<string>;
  readonly delayMs: number;
  readonly slowMs: number;
  /** The model request behind it, if it was one. */
  readonly turn?: Turn;
};

export type Asked = { readonly method: string; readonly path: string; readonly body: string };

const wires: ReadonlyArray<Wire> = [anthropic, chat, responses, gemini];

/** Pure: what the stub answers. `id` makes the ids of one stub's answers unique. */
export function route({ method, path, body }: Asked, id: string): Outcome {
  if (method === "POST") {
    const wire = wires.find((candidate) => candidate.path.test(path));
    if (wire !== undefined) return modelOutcome(wire, { path, body }, id);
    const tokens = Math.ceil(body.length / 4);
    if (path === "/v1/messages/count_tokens") return jsonOutcome(200, { input_tokens: tokens });
    if (path.endsWith(":countTokens")) return jsonOutcome(200, { totalTokens: tokens });
  }
  if (method === "GET" && path === "/v1/models") return jsonOutcome(200, MODELS);
  if (method === "HEAD" || (method === "GET" && path === "/")) {
    return jsonOutcome(200, { stub: "forge stub model" });
  }
  return jsonOutcome(404, { error: { type: "not_found_error", message: `stub: ${path}` } });
}

/** One list that both providers' clients can read. */
const MODELS = {
  object: "list",
  data: [
    {
      id: "stub-model",
      object: "model",
      owned_by: "stub",
      created: 0,
      type: "model",
      display_name: "Stub",
      created_at: "1970-01-01T00:00:00Z",
    },
  ],
  first_id: "stub-model",
  last_id: "stub-model",
  has_more: false,
};

function modelOutcome(wire: Wire, asked: Omit<Asked, "method">, id: string): Outcome {
  const turn = readTurn(wire, asked);
  if (typeof turn === "string") return jsonOutcome(400, wire.error(400, turn));
  const { reply, delayMs, slowMs } = decide(turn);
  const timing = { delayMs, slowMs, turn };
  if (reply.kind === "error") {
    return { ...jsonOutcome(reply.status, wire.error(reply.status, ERROR_TEXT)), ...timing };
  }
  const stamp: Stamp = { id, model: turn.model };
  if (!turn.stream) return { ...jsonOutcome(200, wire.whole(reply, stamp)), ...timing };
  const chunks = wire.events(reply, stamp).map(frame);
  return { status: 200, contentType: "text/event-stream", chunks, ...timing };
}

const ERROR_TEXT = "stub: error asked for by a directive";

/** The turn, or what is wrong with the body. */
function readTurn(wire: Wire, { path, body }: Omit<Asked, "method">): Turn | string {
  try {
    return wire.read(JSON.parse(body), wire.path.exec(path)?.groups ?? {});
  } catch (error) {
    if (error instanceof z.ZodError) return `stub: ${z.prettifyError(error)}`;
    if (error instanceof SyntaxError) return `stub: ${error.message}`;
    throw error;
  }
}

export function jsonOutcome(status: number, value: unknown): Outcome {
  const chunks = [`${JSON.stringify(value)}\n`];
  return { status, contentType: "application/json", chunks, delayMs: 0, slowMs: 0 };
}

function frame({ event, data }: ServerSentEvent): string {
  const line = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${line}\n\n`;
}
