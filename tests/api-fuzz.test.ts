import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Problem } from "../schema/api/bodies.ts";
import { type Answer, OPERATIONS, type Operation } from "../schema/api/operations.ts";
import { isJsonObject } from "../schema/json.ts";
import { DOCUMENTED, type Fuzzed, requests } from "./api-arbitrary.ts";
import { type Answered, type Asked, ask } from "./api-request.ts";

/** Seconds to fuzz for; ten minutes are FORGE_FUZZ_SECONDS=600. */
const SECONDS = Number(process.env["FORGE_FUZZ_SECONDS"] ?? 3);
const CLIENTS = 200;
/** That the server may grow by after its first requests, however long they go on. */
const GROWTH = 150e6;

const folder = mkdtempSync(join(tmpdir(), "forge-fuzz-"));
const socketPath = join(folder, "api.sock");
const said: string[] = [];
let server: ChildProcess;
before(async () => {
  const program = fileURLToPath(new URL("api-server.ts", import.meta.url));
  const child = spawn(process.execPath, [program, socketPath, join(folder, "ledger.db")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  server = child;
  child.stderr.on("data", (data) => said.push(String(data)));
  const ended = once(child, "exit").then(() => assert.fail(said.join("")));
  await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => {}); // the tests find out by their requests
});
after(() => {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const at = { socketPath };
const asked = (what: Omit<Asked, "at">): Promise<Answered> => ask({ at, ...what });

const isProblem = ({ status, type, body }: Answered): boolean =>
  type.startsWith("application/problem+json") && Problem.parse(JSON.parse(body)).status === status;

const operationOf = (id: string): Operation => {
  const found = Object.entries(OPERATIONS).find(([name]) => name === id);
  assert.ok(found);
  return found[1];
};

/** The answer is one that the document has for the operation. */
function isDocumented({ operation: { id, responses } }: Fuzzed, answered: Answered): boolean {
  const { status, type, body } = answered;
  if (status >= 500) return false;
  const documented = responses[String(status)];
  if (!isJsonObject(documented)) return isProblem(answered);
  const answer: Answer | undefined = operationOf(id).answers[status];
  assert.ok(answer);
  const expected = (answer.type ?? "application/json").split(";")[0] ?? "";
  if (answer.schema && expected === "application/json") answer.schema.parse(JSON.parse(body));
  return type.startsWith(expected);
}

const json = { "content-type": "application/json" };
async function fuzz(fuzzed: Fuzzed): Promise<void> {
  const { operation, path, body } = fuzzed;
  const answered = await asked({
    ...{ method: operation.method, path },
    ...(body === undefined ? {} : { body, headers: json }),
  });
  assert.ok(isDocumented(fuzzed, answered), JSON.stringify(answered));
}

/** Sends bytes as they are; `end` closes this half. The server may answer or hang up, but not fail. */
async function raw(sent: string | Buffer, end: "half" | "whole"): Promise<void> {
  const socket = connect(socketPath);
  socket.on("error", () => {}); // hung up
  await once(socket, "connect");
  const written = new Promise((resolve) => socket.write(sent, resolve));
  if (end === "whole") {
    await written;
    socket.destroy();
    return;
  }
  socket.end();
  const answer = await text(socket).catch(() => "");
  assert.doesNotMatch(answer, /^HTTP\/1\.1 5/m, answer);
}

/** A body that comes in pieces, of which the next waits until the last was taken. */
async function slow(body: string): Promise<void> {
  const path = "/v1/agents/ada/prompts";
  const sent = request({ ...at, path, method: "POST", headers: { ...json, connection: "close" } });
  for (const piece of body.match(/.{1,7}/gsu) ?? [])
    await new Promise((resolve) => sent.write(piece, resolve));
  sent.end();
  const [response] = await once(sent, "response");
  await text(response);
  assert.ok(Number(response.statusCode) < 500);
}

const unknown = async (method: string, path: string): Promise<void> => {
  const answered = await asked({ method, path });
  const isSaid = method === "HEAD" || answered.status < 300 || isProblem(answered);
  assert.ok(answered.status < 500 && isSaid, JSON.stringify(answered));
};

const line = fc.constantFrom("GET /v1/agents", "POST /v1/agents/ada/prompts", "GET /v1/events");
const head = fc
  .tuple(line, fc.constantFrom("", "content-length: 5\r\n", "transfer-encoding: chunked\r\n"))
  .map(
    ([first, field]) =>
      `${first} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${field}`,
  );
const broken = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(head, fc.string({ maxLength: 40 })).map(([start, rest]) => `${start}\r\n${rest}`),
  fc.tuple(head, fc.nat(40)).map(([start, length]) => start.slice(0, length)),
);
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY"];
const hugeBody = `{"text":"${"a".repeat(5 << 20)}"}`;
const huge = `POST /v1/agents/ada/prompts HTTP/1.1\r\nhost: a\r\n${"content-type: application/json\r\n"}content-length: ${hugeBody.length}\r\n\r\n${hugeBody}`;

/** So that a failure shows what was sent. */
const named = (what: unknown, work: () => Promise<void>) =>
  Object.assign(work, { [fc.toStringMethod]: () => JSON.stringify(what) });

const step: fc.Arbitrary<() => Promise<void>> = fc.oneof(
  { weight: 40, arbitrary: requests.map((one) => named(one, () => fuzz(one))) },
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.constantFrom(...METHODS), fc.webPath())
      .map(([method, path]) => named([method, path], () => unknown(method, `/${path}`))),
  },
  {
    weight: 20,
    arbitrary: fc
      .tuple(broken, fc.constantFrom("half", "whole"))
      .map(([sent, end]) => named([String(sent), end], () => raw(sent, end))),
  },
  {
    weight: 5,
    arbitrary: fc.json().map((value) => {
      const body = `{"text":${value}}`;
      return named(["slow", body], () => slow(body));
    }),
  },
  { weight: 1, arbitrary: fc.constant(named("huge", () => raw(huge, "half"))) },
);

async function memory(): Promise<number> {
  const { body } = await asked({ path: "/metrics" });
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(body)?.[1]);
}

const crowd = async (): Promise<void> => {
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => {
      const sent = { text: `prompt ${index}`, wait: "verdict", key: `${index}` };
      const path = `/v1/agents/${index % 2 ? "ada" : "bob"}/prompts`;
      const answers = [
        await asked({ method: "POST", path, headers: json, body: JSON.stringify(sent) }),
        await asked({ path: "/v1/agents" }),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
      );
    }),
  );
};

test(`${CLIENTS} clients at one time are all answered`, crowd);

test("requests near the document, and anything else, are answered as documented", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), (steps) =>
      Promise.all(steps.map((work) => work())).then(() => {}),
    ),
    { numRuns: 20 },
  );
  const first = await memory();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      await Promise.all(steps.map((work) => work()));
      count += steps.length;
    }),
    {
      ...{ numRuns: 1e9, interruptAfterTimeLimit: SECONDS * 1000 },
      ...{ markInterruptAsFailure: false, endOnFailure: SECONDS < 60 },
    },
  );
  const last = await memory();
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  t.diagnostic(`${count} requests in ${SECONDS} s; memory ${mb(first)}, then ${mb(last)}`);
  assert.ok(count > 50, `only ${count} requests`);
  assert.ok(last < first + GROWTH, `memory grew from ${mb(first)} to ${mb(last)}`);
  assert.equal(server.exitCode, null);
  assert.deepEqual(said, [], "failures that forge does not know");
});

test("every operation is among the requests", () => {
  assert.deepEqual(DOCUMENTED.map(({ id }) => id).toSorted(), Object.keys(OPERATIONS).toSorted());
});
