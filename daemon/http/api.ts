import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { OPERATIONS, type Operation, type Role } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { Host } from "../host.ts";
import { type Access, demand, everyone } from "./access.ts";
import { BODY_MOST, takeJson } from "./body.ts";
import { answerClientError } from "./client-errors.ts";
import { eventStreams, STREAM_LIMITS, type StreamLimits } from "./event-streams.ts";
import { hostMetrics } from "./metrics.ts";
import { asForgeError, SEE_DOCUMENT, sendProblem } from "./problem.ts";
import { routeOf } from "./route.ts";
import { type Service, serveAll } from "./routes.ts";

export interface Timeouts {
  /** A request's header, in milliseconds from the first byte of the connection. */
  readonly headersMs: number;
  /** A whole request; and an answer of which nothing is taken. */
  readonly requestMs: number;
  /** A connection without a request. */
  readonly idleMs: number;
}

export const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 60_000, idleMs: 65_000 };

export interface ServiceOptions {
  readonly host: Host;
  readonly limits?: StreamLimits;
}

/** What all servers of one host share. */
export function hostService({ host, limits = STREAM_LIMITS }: ServiceOptions) {
  const over = new AbortController();
  const streams = eventStreams(host.events, limits);
  const metrics = hostMetrics(host, streams.count);
  return {
    ...{ host, streams, metrics, closing: over.signal },
    [Symbol.dispose]: () => {
      over.abort();
      streams[Symbol.dispose]();
      metrics[Symbol.dispose]();
    },
  } satisfies Service & Disposable;
}

export interface ApiOptions {
  readonly service: Service;
  readonly access: Access;
  /** Told of failures that forge does not know. */
  readonly warn: (what: string) => void;
  readonly timeouts?: Timeouts;
}

/** The API for a socket of its own, which closes with it: everyone who reaches it has one role. */
export function createApi({
  host,
  role,
  ...options
}: ServiceOptions & Omit<ApiOptions, "service" | "access"> & { readonly role: Role }) {
  const service = hostService({ host, ...options });
  const app = apiOf({ ...options, service, access: everyone(role) });
  app.addHook("preClose", async () => service[Symbol.dispose]());
  return app;
}

const NOT_KEPT = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const unused = () => {
  throw new Error("routes are checked by their operations, see route.ts");
};
/** Without these, the library loads compilers of JSON Schema that nothing here uses. */
const NO_COMPILERS = { buildValidator: unused, buildSerializer: unused };

/** The API of a service, as one kind of client gets it. It does not listen yet. */
export function apiOf({ service, access, warn, timeouts = TIMEOUTS }: ApiOptions): FastifyInstance {
  const answer = (error: unknown): ForgeError => {
    const known = asForgeError(error);
    if (known.code === "INTERNAL_ERROR") warn(String(error instanceof Error ? error.stack : error));
    return known;
  };
  const app = fastify({
    bodyLimit: BODY_MOST,
    exposeHeadRoutes: false,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.idleMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: Math.min(1000, timeouts.headersMs),
    },
    return503OnClosing: false,
    schemaController: { compilersFactory: NO_COMPILERS },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _, reply) => void sendProblem(reply, answer(error)),
  });
  takeJson(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(NOT_KEPT);
    demand(roleFor(request), access(request.headers));
  });
  app.addHook(
    "onSend",
    async (_, { raw }) => void raw.setTimeout(timeouts.requestMs, () => raw.destroy()),
  );
  app.setErrorHandler((error, _, reply) => sendProblem(reply, answer(error)));
  app.setNotFoundHandler((request, reply) => sendProblem(reply, unknownRoute(request, reply)));
  serveAll(app, service);
  return app;
}

const ALL: readonly Operation[] = Object.values(OPERATIONS);

/** Whoever may ask at all also learns that there is no such route. */
function roleFor({ method, routeOptions: { url } }: FastifyRequest): Role {
  const found = ALL.find((one) => one.method === method && routeOf(one.path) === url);
  return found?.role ?? "read";
}

const matches = ({ path }: Operation, given: string): boolean =>
  new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`).test(given);

function unknownRoute({ method, url }: FastifyRequest, reply: FastifyReply): ForgeError {
  const [path = ""] = url.split("?");
  const methods = ALL.filter((operation) => matches(operation, path)).map((found) => found.method);
  if (methods.length === 0)
    return new ForgeError("ROUTE_UNKNOWN", `there is no ${path}`, { fix: SEE_DOCUMENT });
  const allowed = [...new Set(methods)].join(", ");
  reply.header("allow", allowed);
  return new ForgeError("METHOD_NOT_ALLOWED", `${path} has no ${method}`, {
    fix: `use ${allowed}`,
  });
}
