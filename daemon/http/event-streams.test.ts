import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { afterEach, beforeEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { HostEvent, Reset } from "../../schema/api/event.ts";
import { type SampleHost, sampleHost } from "../../tests/api-host.ts";
import { createApi } from "./api.ts";

const KEPT = 100;
let host: SampleHost;
let app: FastifyInstance;
let url = "";
const limits = { subscribers: 60, heartbeatMs: 20 };
beforeEach(async () => {
  host = sampleHost({ keep: KEPT });
  app = createApi({ host, role: "read", limits, warn: assert.fail });
  url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/v1/events`;
});
afterEach(async () => {
  await app.close();
  host[Symbol.dispose]();
});

const finish = (times = 1, data: object = {}) => {
  for (let i = 0; i < times; i++) host.finish("ada", data);
};

type Said =
  | { readonly name: string; readonly id: number; readonly event: HostEvent }
  | { readonly name: "reset"; readonly id: number; readonly reset: Reset };

/** The events of a stream; `beat` for a heartbeat. */
async function* read(response: Response): AsyncGenerator<Said | "beat"> {
  assert.ok(response.body);
  let [id, name] = [0, ""];
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    const [, field, value = ""] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (field === "") yield "beat";
    if (field === "id") id = Number(value);
    if (field === "event") name = value;
    if (field !== "data") continue;
    if (name === "reset") yield { id, name, reset: Reset.parse(JSON.parse(value)) };
    else yield { id, name, event: HostEvent.parse(JSON.parse(value)) };
  }
}

async function follow(query = "", headers = {}) {
  const over = new AbortController();
  const response = await fetch(`${url}${query}`, { headers, signal: over.signal });
  assert.equal(response.status, 200);
  const all = read(response);
  const next = async () => {
    for (;;) {
      const { value } = await all.next();
      assert.ok(value, "the stream ended");
      if (value !== "beat") return value;
    }
  };
  return { next, all, stop: () => over.abort() };
}

const idsOf = async (stream: { next: () => Promise<Said> }, count: number) => {
  const ids: number[] = [];
  while (ids.length < count) ids.push((await stream.next()).id);
  return ids;
};

test("without an id, events come from now on", async () => {
  finish(3);
  const stream = await follow();
  finish(2);
  assert.deepEqual(await idsOf(stream, 2), [4, 5]);
});

test("after an id, everything later comes, each once", async () => {
  finish(3);
  const [query, header] = [await follow("?after=1"), await follow("", { "last-event-id": "2" })];
  finish(1);
  assert.deepEqual(await idsOf(query, 3), [2, 3, 4]);
  assert.deepEqual(await idsOf(header, 2), [3, 4]);
  const refused = await fetch(url, { headers: { "last-event-id": "x" } });
  assert.equal(refused.status, 400);
});

test("an id that is too old, or of no event, gives a reset to the last one", async () => {
  finish(KEPT + 10);
  for (const after of [1, 1000]) {
    const stream = await follow(`?after=${after}`);
    const said = await stream.next();
    assert.deepEqual(said, { name: "reset", id: host.events.last(), reset: { after } });
    finish(1);
    assert.equal((await stream.next()).id, host.events.last());
  }
});

test("heartbeats come while nothing happens", async () => {
  const { all } = await follow();
  assert.equal((await all.next()).value, "beat");
  assert.equal((await all.next()).value, "beat");
});

const statusOf = async (address: string): Promise<number> => {
  const { status, body } = await fetch(address);
  await body?.cancel();
  return status;
};

test("fifty subscribers get every event, and one too many is refused", async () => {
  const streams = await Promise.all(Array.from({ length: limits.subscribers }, () => follow()));
  const refused = await fetch(url);
  assert.equal(refused.status, 429);
  finish(20);
  for (const stream of streams) assert.equal((await idsOf(stream, 20)).length, 20);
  streams[0]?.stop();
  while ((await statusOf(url)) === 429); // until the server knows that it is gone
});

const used = (): number => process.memoryUsage().external + process.memoryUsage().heapUsed;

async function subscribers(): Promise<number> {
  const metrics = await (await fetch(new URL("/metrics", url))).text();
  const [, count] = /^forge_event_subscribers (\d+)$/m.exec(metrics) ?? [];
  return Number(count);
}

test("a subscriber that does not read is dropped, and costs no memory until then", async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {}); // a dropped one may be reset
  socket.pause();
  socket.write("GET /v1/events HTTP/1.1\r\nhost: a\r\n\r\n");
  const reader = await follow();
  finish(1);
  await reader.next();
  const text = "x".repeat(100_000);
  const before = used();
  for (let i = 0; i < 400; i++) {
    finish(1, { text });
    await reader.next();
  }
  const grown = used() - before;
  assert.ok(grown < 40e6, `${grown} bytes for 40 MB of events, of which ${KEPT} are kept`);
  const gone = once(socket, "close");
  while ((await subscribers()) > 1) finish(1);
  socket.resume();
  await gone;
});

test("streams end when the server closes", async () => {
  const { all } = await follow();
  await app.close();
  for await (const said of all) assert.equal(said, "beat");
});
