import type { FastifyInstance, FastifyReply } from "fastify";
import * as z from "zod";
import {
  type AgentList,
  PROMPT_MOST,
  type PromptList,
  type PromptRequest,
  summaryOf,
} from "../../schema/api/bodies.ts";
import { openApiDocument } from "../../schema/api/openapi.ts";
import { OPENMETRICS, OPERATIONS } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import { isVerdict } from "../../schema/phases.ts";
import type { PromptQuestion, PromptRecord } from "../../schema/prompt-record.ts";
import type { Host } from "../host.ts";
import { promptText } from "../ledger/text.ts";
import type { EventStreams } from "./event-streams.ts";
import type { Metrics } from "./metrics.ts";
import { type Input, serve } from "./route.ts";
import { shown, untilAwaited } from "./wait.ts";

export interface Service {
  readonly host: Host;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  /** The server ends: nothing is waited for any more. */
  readonly closing: AbortSignal;
}

export function serveAll(app: FastifyInstance, service: Service): void {
  serveAgents(app, service);
  servePrompts(app, service);
  serveEvents(app, service);
  const document = openApiDocument();
  serve(app, OPERATIONS.openapi, async () => document);
  serve(app, OPERATIONS.metrics, async ({ reply }) => {
    reply.type(OPENMETRICS);
    return service.metrics.text();
  });
}

function serveAgents(app: FastifyInstance, { host }: Service): void {
  serve(app, OPERATIONS.listAgents, async (): Promise<AgentList> => {
    const lastEvent = host.events.last();
    return { agents: [...host.agents()], lastEvent };
  });
  serve(app, OPERATIONS.showAgent, async ({ params }) => host.agent(params.name));
  serve(app, OPERATIONS.controlAgent, async ({ params: { name, action } }) => {
    host.agent(name);
    await host.control(name, action);
    return host.agent(name);
  });
}

type Sending = Input<{ name: string }, unknown, z.output<typeof PromptRequest>>;

const WithText = z.looseObject({ text: z.string() });

/** One code for all texts that cannot be delivered, NUL and lone surrogates too. */
function refuseText(body: unknown): void {
  const given = WithText.safeParse(body).data;
  if (given && given.text.length <= PROMPT_MOST) promptText(given.text);
}

function servePrompts(app: FastifyInstance, { host, closing }: Service): void {
  const sendPrompt = async ({ params, body, reply }: Sending): Promise<PromptRecord> => {
    const sent = await send(host, params.name, body);
    const { wait: until, waitMs: ms } = body;
    const ends = [closing, whenGone(reply)];
    const record =
      until === "accepted" ? sent : await untilAwaited(host, sent.id, { until, ms, ends });
    reply.code(isVerdict(record.phase) ? 200 : 202).header("location", `/v1/prompts/${record.id}`);
    return record;
  };
  serve(app, OPERATIONS.sendPrompt, sendPrompt, refuseText);
  serve(app, OPERATIONS.listPrompts, async ({ params, query }): Promise<PromptList> => {
    host.agent(params.name);
    const asked = { kind: "list", agent: params.name, most: query.limit } as const;
    return { prompts: (await host.prompts(asked)).map(summaryOf) };
  });
  serve(app, OPERATIONS.showPrompt, async ({ params }) => shown(host, params.id));
  serve(app, OPERATIONS.cancelPrompt, async ({ params: { id } }) => {
    await host.prompts({ kind: "cancel", id });
    const record = await shown(host, id);
    if (record.phase === "cancelled") return record;
    throw new ForgeError("PROMPT_TOO_LATE", `the prompt ${id} is ${record.phase}`, {
      fix: "only a queued prompt can be cancelled",
    });
  });
}

async function send(host: Host, agent: string, body: Sending["body"]): Promise<PromptRecord> {
  host.agent(agent);
  const { text, key, priority, ttlMs, wait } = body;
  const asked: PromptQuestion = {
    ...{ kind: "send", agent, text },
    ...(key === undefined ? {} : { key }),
    ...(priority === undefined ? {} : { priority }),
    ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    ...(wait === "finished" ? { awaitsAnswer: true as const } : {}),
  };
  const [record] = await host.prompts(asked);
  if (record) return record;
  throw new Error(`the host took a prompt for ${agent} and says nothing of it`);
}

function whenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}

function serveEvents(app: FastifyInstance, { streams }: Service): void {
  serve(app, OPERATIONS.followEvents, async ({ query, request, reply }) => {
    const header = request.headers["last-event-id"];
    const asked = query.after ?? (header === undefined ? undefined : eventId(header));
    streams.open(reply.raw, asked);
    reply.hijack();
  });
}

function eventId(header: string | readonly string[]): number {
  const text = String(header);
  const id = /^\d{1,16}$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw new ForgeError("REQUEST_INVALID", "header Last-Event-ID: expected the id of an event", {
    fix: "send the id of the last event that came, or no header to begin now",
  });
}
