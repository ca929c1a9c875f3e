import * as z from "zod";
import { AgentReport } from "../agent-status.ts";
import { PromptRecord } from "../prompt-record.ts";
import { ACTIONS } from "./actions.ts";
import { AgentList, PromptList, PromptRequest } from "./bodies.ts";
import { HostEvent } from "./event.ts";

/** Who writes also reads. */
export const Role = z.enum(["read", "write"]);
export type Role = z.output<typeof Role>;

export const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: "GET" | "POST" | "DELETE";
  /** As OpenAPI writes it: `/v1/agents/{name}`. */
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** By status: what the answer is, and its schema. */
  readonly answers: { readonly [status: number]: Answer };
}

export interface Answer {
  readonly description: string;
  readonly type?: string;
  readonly schema?: z.ZodType;
}

const NONE = z.strictObject({});
const NO_BODY = z.undefined();
const nothing = { params: NONE, query: NONE, body: NO_BODY };

/** A number in a path or query, where all values are text. */
const numeral = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) =>
      typeof value === "string" && /^\d{1,16}$/.test(value) ? Number.parseInt(value, 10) : value,
    schema,
  );

const Name = z.string().min(1).max(100);
const byName = z.strictObject({ name: Name.describe("The agent's name.") });
const byId = z.strictObject({ id: Name.describe("The prompt's id.") });
const record = { description: "The prompt, as it stands.", schema: PromptRecord };

/** Every operation of the API. The routes, the OpenAPI document and the tests are made of it. */
export const OPERATIONS = {
  listAgents: {
    ...nothing,
    ...{ method: "GET", path: "/v1/agents", role: "read" },
    summary: "List the agents",
    answers: { 200: { description: "All agents.", schema: AgentList } },
  },
  showAgent: {
    ...nothing,
    ...{ method: "GET", path: "/v1/agents/{name}", role: "read" },
    summary: "Show an agent",
    params: byName,
    answers: { 200: { description: "The agent.", schema: AgentReport } },
  },
  controlAgent: {
    ...nothing,
    ...{ method: "POST", path: "/v1/agents/{name}/{action}", role: "write" },
    summary: "Start, stop, restart or interrupt an agent",
    params: byName.extend({
      action: z
        .enum(ACTIONS)
        .describe("interrupt ends a running turn; the agent goes on running. All are idempotent."),
    }),
    answers: { 200: { description: "It is done. The agent, as it is now.", schema: AgentReport } },
  },
  sendPrompt: {
    ...nothing,
    ...{ method: "POST", path: "/v1/agents/{name}/prompts", role: "write" },
    summary: "Send a prompt to an agent",
    params: byName,
    body: PromptRequest,
    answers: {
      200: { ...record, description: "The prompt, with its verdict." },
      202: { ...record, description: "The prompt is on the disk, and has no verdict yet." },
    },
  },
  listPrompts: {
    ...nothing,
    ...{ method: "GET", path: "/v1/agents/{name}/prompts", role: "read" },
    summary: "List the prompts of an agent",
    params: byName,
    query: z.strictObject({
      limit: numeral(z.int().min(1).max(100)).default(20).describe("How many at most."),
    }),
    answers: { 200: { description: "The latest first.", schema: PromptList } },
  },
  showPrompt: {
    ...nothing,
    ...{ method: "GET", path: "/v1/prompts/{id}", role: "read" },
    summary: "Show a prompt",
    params: byId,
    answers: { 200: record },
  },
  cancelPrompt: {
    ...nothing,
    ...{ method: "DELETE", path: "/v1/prompts/{id}", role: "write" },
    summary: "Cancel a prompt that is still queued",
    params: byId,
    answers: { 200: record },
  },
  followEvents: {
    ...nothing,
    ...{ method: "GET", path: "/v1/events", role: "read" },
    summary: "Follow what happens, as server-sent events",
    query: z.strictObject({
      after: numeral(z.int().min(0))
        .optional()
        .describe("Begin after the event with this id. The header Last-Event-ID does the same."),
    }),
    answers: {
      200: {
        description:
          "A stream without end. An event is named by its kind; `reset` says that events are missing.",
        type: "text/event-stream",
        schema: HostEvent,
      },
    },
  },
  metrics: {
    ...nothing,
    ...{ method: "GET", path: "/metrics", role: "read" },
    summary: "Get metrics for Prometheus",
    answers: { 200: { description: "OpenMetrics text.", type: OPENMETRICS } },
  },
  openapi: {
    ...nothing,
    ...{ method: "GET", path: "/openapi.json", role: "read" },
    summary: "Get this document",
    answers: { 200: { description: "OpenAPI 3.1.", type: "application/json" } },
  },
} as const satisfies Record<string, Operation>;
