import type { FastifyInstance } from "fastify";
import { PROMPT_MOST } from "../../schema/api/bodies.ts";
import { ForgeError } from "../../schema/errors.ts";
import { SEE_DOCUMENT } from "./problem.ts";

/** Text of the greatest length as JSON: no character that is taken has an escape of more than three times its bytes. */
export const BODY_MOST = 3 * PROMPT_MOST + 64 * 1024;
/** No body of the API has as many. Checks of more would take long, and those of deep ones the whole stack. */
const VALUES_MOST = 1000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Takes JSON as UTF-8, and nothing else. */
export function takeJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    "application/json",
    { parseAs: "buffer" },
    (request, bytes, done) => {
      const text = decoded(bytes);
      if (text === undefined) return done(invalid("body: not valid UTF-8"));
      parseJson(request, text, (error, body: unknown) => {
        if (error) done(error);
        else if (hasMoreValues(body, VALUES_MOST)) done(invalid("body: more values than any has"));
        else done(null, body);
      });
    },
  );
}

const invalid = (what: string): ForgeError =>
  new ForgeError("REQUEST_INVALID", what, { fix: SEE_DOCUMENT });

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function hasMoreValues(body: unknown, most: number): boolean {
  const open: unknown[] = [body];
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > most) return true;
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const inner = Object.values(value);
    if (inner.length > most) return true;
    open.push(...inner);
  }
  return false;
}
