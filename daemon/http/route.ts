import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type * as z from "zod";
import type { Operation } from "../../schema/api/operations.ts";
import { parse } from "../../schema/parse.ts";
import { SEE_DOCUMENT } from "./problem.ts";

export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Handler<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = (
  input: Input<z.output<P>, z.output<Q>, z.output<B>>,
) => Promise<unknown>;

/** As the router writes `/v1/agents/{name}`: `/v1/agents/:name`. */
export const routeOf = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

/** Serves one operation: what its handler gets is as the operation's schemas say. */
export function serve<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  app: FastifyInstance,
  { method, path, params, query, body }: Operation<P, Q, B>,
  handle: Handler<P, Q, B>,
  /** Throws for a body that has a better answer than its schema's. */
  refuse: (body: unknown) => void = () => {},
): void {
  app.route({
    method,
    url: routeOf(path),
    preHandler: async ({ body }) => refuse(body),
    handler: async (request, reply) =>
      handle({
        params: checked(params, request.params, "path"),
        query: checked(query, request.query, "query"),
        body: checked(body, request.body, "body"),
        request,
        reply,
      }),
  });
}

const checked = <S extends z.ZodType>(schema: S, given: unknown, where: string): z.output<S> =>
  parse(schema, given, { code: "REQUEST_INVALID", where, fix: SEE_DOCUMENT });
