import type { Socket } from "node:net";
import { type ErrorCode, ForgeError } from "../../schema/errors.ts";
import { PROBLEM_TYPE, problemOf, SEE_DOCUMENT } from "./problem.ts";

const REASONS: { readonly [code: string]: readonly [ErrorCode, string, string] } = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    "REQUEST_TIMEOUT",
    "the request did not arrive in time",
    "send it at once, over one connection",
  ],
  HPE_HEADER_OVERFLOW: [
    "REQUEST_TOO_LARGE",
    "the header is too large",
    "leave out what forge does not need",
  ],
};

/** Answers what is not HTTP, or not in time, before any route knows of it. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, what, fix] = REASONS[error.code ?? ""] ?? [
    "REQUEST_INVALID",
    "the request is not valid HTTP",
    SEE_DOCUMENT,
  ];
  const problem = problemOf(new ForgeError(code, what, { fix }));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${code}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
