import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type Serving, serveHost } from "../daemon/http/listen.ts";
import { DOCUMENTED, type Documented, requestFor } from "./api-arbitrary.ts";
import { sampleHost } from "./api-host.ts";
import { type Asked, ask } from "./api-request.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-roles-"));
const socket = (role: string) => join(folder, role);
const TOKENS = { read: "r".repeat(30), write: "w".repeat(30) };
const host = sampleHost();
let serving: Serving;
before(async () => {
  const tokens = join(folder, "tokens");
  writeFileSync(tokens, `read ${TOKENS.read}\nwrite ${TOKENS.write}\n`, { mode: 0o600 });
  serving = await serveHost({
    ...{ host, warn: assert.fail },
    endpoints: [
      { kind: "unix", path: socket("read"), mode: 0o600, role: "read" },
      { kind: "unix", path: socket("write"), mode: 0o600, role: "write" },
      { kind: "tcp", host: "127.0.0.1", port: 0, tokens, names: [], origins: [] },
    ],
  });
});
after(async () => {
  await serving[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Who asks, and what they may do. */
const ASKERS: {
  readonly [who: string]: { way: () => Pick<Asked, "at" | "headers">; may: string };
} = {
  "the socket for reading": { way: () => ({ at: { socketPath: socket("read") } }), may: "read" },
  "the socket for writing": { way: () => ({ at: { socketPath: socket("write") } }), may: "write" },
  "a token for reading": { way: () => byPort(`Bearer ${TOKENS.read}`), may: "read" },
  "a token for writing": { way: () => byPort(`Bearer ${TOKENS.write}`), may: "write" },
  "no token": { way: () => byPort(), may: "nothing" },
  "a wrong token": { way: () => byPort(`Bearer ${"x".repeat(30)}`), may: "nothing" },
};

function byPort(authorization?: string): Pick<Asked, "at" | "headers"> {
  const at = { host: "127.0.0.1", port: serving.ports[0] ?? 0 };
  return { at, headers: authorization === undefined ? {} : { authorization } };
}

const REFUSED = [401, 403];
const statusOf = async (
  operation: Documented,
  who: Pick<Asked, "at" | "headers">,
): Promise<number> => {
  const [sample] = fc.sample(requestFor(operation), { numRuns: 1, seed: 1 });
  assert.ok(sample);
  const { path, body } = sample;
  const headers = {
    ...who.headers,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const { method } = operation;
  return (await ask({ ...who, path, method, headers, ...(body === undefined ? {} : { body }) }))
    .status;
};

for (const operation of DOCUMENTED) {
  test(`${operation.method} ${operation.path} is for whoever may ${operation.role}`, async () => {
    assert.equal(operation.role, operation.method === "GET" ? "read" : "write");
    for (const [who, { way, may }] of Object.entries(ASKERS)) {
      const before = [host.events.last(), host.controlled.length];
      const status = await statusOf(operation, way());
      const isAllowed: boolean = may === "write" || may === operation.role;
      assert.equal(REFUSED.includes(status), !isAllowed, `${who}: ${status}`);
      if (may === "nothing") assert.equal(status, 401, who);
      if (!isAllowed) assert.deepEqual([host.events.last(), host.controlled.length], before, who);
    }
  });
}

test("who may only read cannot write in any way that a method has", async () => {
  for (const method of ["PUT", "PATCH", "POST", "DELETE"]) {
    for (const { path } of DOCUMENTED) {
      const asked = {
        at: { socketPath: socket("read") },
        path: path.replace(/\{\w+\}/g, "ada"),
        method,
      };
      assert.ok((await ask(asked)).status >= 400, `${method} ${path}`);
    }
  }
});
