import type { FastifyError, FastifyReply } from "fastify";
import type { Problem } from "../../schema/api/bodies.ts";
import { ERRORS, type ErrorCode } from "../../schema/error-catalogue.ts";
import { ForgeError } from "../../schema/errors.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** What a code is over HTTP. Others are failures of the host: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  TOKEN_REFUSED: 401,
  ACCESS_DENIED: 403,
  HOST_REFUSED: 403,
  AGENT_UNKNOWN: 404,
  PROMPT_UNKNOWN: 404,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  ALREADY_RUNNING: 409,
  PROMPT_KEY_TAKEN: 409,
  PROMPT_TOO_LATE: 409,
  TERMINAL_DOWN: 409,
  REQUEST_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  NOT_SUPPORTED_HERE: 422,
  PROMPT_REFUSED: 422,
  LIMIT_REACHED: 429,
  LEDGER_UNREADABLE: 503,
  LEDGER_UNWRITABLE: 503,
  SYSTEMD_UNREACHABLE: 503,
};

export const SEE_DOCUMENT = "GET /openapi.json describes every request";

export function problemOf({ code, message, fix }: ForgeError): Problem {
  return { title: ERRORS[code], status: STATUS[code] ?? 500, code, detail: message, fix };
}

/** Says what is wrong with a request that the HTTP library refused; anything else is a mistake of forge's. */
export function asForgeError(error: unknown): ForgeError {
  if (error instanceof ForgeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const refused = isLibraryError(error) ? refusal(error.code, error.statusCode ?? 500) : undefined;
  if (refused) return new ForgeError(refused.code, message, { fix: refused.fix, cause: error });
  return new ForgeError("INTERNAL_ERROR", "forge failed; its log says more", {
    fix: "report it with the lines in forge's log",
    cause: error,
  });
}

const isLibraryError = (error: unknown): error is FastifyError =>
  error instanceof Error && "statusCode" in error;

function refusal(code: string, status: number): { code: ErrorCode; fix: string } | undefined {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return { code: "REQUEST_TOO_LARGE", fix: "send a shorter text" };
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return { code: "MEDIA_TYPE_UNSUPPORTED", fix: "send JSON, as content-type: application/json" };
  return status < 500 ? { code: "REQUEST_INVALID", fix: SEE_DOCUMENT } : undefined;
}

export function sendProblem(reply: FastifyReply, error: ForgeError): FastifyReply {
  const problem = problemOf(error);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  if (!reply.request.raw.complete) reply.header("connection", "close"); // the rest is no request
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
