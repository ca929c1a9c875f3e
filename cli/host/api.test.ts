import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Serving, serveHost } from "../../daemon/http/listen.ts";
import { ForgeError } from "../../schema/errors.ts";
import { type SampleHost, sampleHost } from "../../tests/api-host.ts";
import { type Api, apiAt } from "./api.ts";
import type { Told } from "./api-events.ts";

let folder = "";
let path = "";
let host: SampleHost;
let api: Api;
let serving: Serving | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "forge-client-"));
  path = join(folder, "api.sock");
  host = sampleHost({ keep: 5 });
  api = apiAt(path);
  await serve();
});
afterEach(async () => {
  await stop();
  host[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

async function serve(): Promise<void> {
  serving = await serveHost({
    ...{ host, warn: assert.fail },
    endpoints: [{ kind: "unix", path, mode: 0o600, role: "write" }],
  });
}

async function stop(): Promise<void> {
  await serving?.[Symbol.asyncDispose]();
  serving = undefined;
}

const refused = (work: Promise<unknown>, code: string, said: RegExp) =>
  assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof ForgeError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, said);
    assert.ok(error.fix.length > 0);
    return true;
  });

test("agents are listed, shown and controlled", async () => {
  const { agents, lastEvent } = await api.agents();
  assert.deepEqual([agents, lastEvent], [[...host.agents()], 0]);
  assert.deepEqual(await api.agent("ada"), host.agent("ada"));
  await api.control("bob", "restart");
  assert.deepEqual(host.controlled, [["bob", "restart"]]);
  await refused(api.agent("../metrics"), "AGENT_UNKNOWN", /\.\.\/metrics/);
});

test("prompts are sent, listed, shown and cancelled", async () => {
  const text = 'é😀\u2028"\n\t/x';
  const sent = await api.send("ada", { text, key: "k" });
  assert.equal(sent.text, text);
  assert.deepEqual(await api.prompt(sent.id), sent);
  const { prompts } = await api.prompts("ada", 1);
  assert.deepEqual(
    prompts.map(({ id, beginning }) => [id, beginning]),
    [[sent.id, text]],
  );
  assert.equal((await api.cancel(sent.id)).phase, "cancelled");
  await refused(api.send("ada", { text: "other", key: "k" }), "PROMPT_KEY_TAKEN", /key k/);
  await refused(api.prompts("ada", 1000), "REQUEST_INVALID", /query\.limit/);
});

test("a socket that nobody listens on, and one that another server has, are told", async () => {
  await stop();
  await refused(api.agents(), "API_UNREACHABLE", /ENOENT/);
  const other = createServer((_, response) => response.end("{}")).listen(path);
  await refused(api.agents(), "API_UNREACHABLE", /not answered as forge does/);
  other.removeAllListeners("request").on("request", (_, response) => response.writeHead(502).end());
  await refused(api.agents(), "API_UNREACHABLE", /status 502/);
  other.removeAllListeners("request").on("request", (_, response) => response.destroy());
  await refused(api.agents(), "API_UNREACHABLE", /hang up/);
  const silent = api.events({ signal: AbortSignal.timeout(5000), silenceMs: 20 });
  other.removeAllListeners("request").on("request", () => {});
  await refused(next(silent[Symbol.asyncIterator]()), "API_UNREACHABLE", /no byte came for 20 ms/);
  other.close();
  other.closeAllConnections();
});

async function next(stream: AsyncIterator<Told>): Promise<Told> {
  const { value } = await stream.next();
  assert.ok(value, "the stream ended");
  return value;
}

async function nextId(stream: AsyncIterator<Told>): Promise<number> {
  const told = await next(stream);
  assert.equal(told.kind, "event");
  return told.kind === "event" ? told.event.id : 0;
}

const following = (after?: number) => {
  const over = new AbortController();
  const pauses = { first: 5, most: 20 };
  const options = { signal: over.signal, pauses, ...(after === undefined ? {} : { after }) };
  return { stream: api.events(options)[Symbol.asyncIterator](), over };
};

test("events come in order, with all their characters", async () => {
  host.finish("ada", { text: "a\u2028b\r\n😀" });
  const { stream, over } = following(0);
  const told = await next(stream);
  assert.deepEqual(told.kind === "event" && told.event.data, { text: "a\u2028b\r\n😀" });
  const waiting = stream.next();
  over.abort();
  assert.equal((await waiting).done, true);
});

test("a stream goes on after the server was gone, without loss or repetition", async () => {
  const { stream, over } = following(0);
  host.finish("ada", {});
  assert.equal(await nextId(stream), 1);
  const waiting = nextId(stream);
  await stop();
  host.finish("ada", {});
  host.finish("ada", {});
  await serve();
  assert.deepEqual([await waiting, await nextId(stream)], [2, 3]);
  over.abort();
});

test("ids may be as long as those of forged, which begin with a time in microseconds", async () => {
  const { stream, over } = following(Date.now() * 1000);
  assert.equal((await next(stream)).kind, "reset");
  over.abort();
  const beyond = following(Number.MAX_SAFE_INTEGER + 1).stream;
  await refused(next(beyond), "REQUEST_INVALID", /Last-Event-ID/);
});

test("a stream that had no event yet misses none while the server is gone", async () => {
  host.finish("ada", {});
  const { stream, over } = following();
  const waiting = nextId(stream);
  await subscribed();
  await stop();
  host.finish("ada", {});
  await serve();
  assert.equal(await waiting, 2);
  over.abort();
});

/** The server has a subscriber, and what it wrote first has been read. */
async function subscribed(): Promise<void> {
  for (;;) {
    const response = await metrics();
    if (/^forge_event_subscribers 1$/m.test(response)) return;
  }
}

async function metrics(): Promise<string> {
  const socket = connect(path);
  socket.write("GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  let all = "";
  for await (const chunk of socket) all += chunk;
  return all;
}

test("a stream that fell too far behind is told so, and goes on", async () => {
  const { stream, over } = following(0);
  host.finish("ada", {});
  await next(stream);
  const waiting = next(stream);
  await stop();
  for (let i = 0; i < 20; i++) host.finish("ada", {});
  await serve();
  assert.deepEqual(await waiting, { kind: "reset", reset: { after: 1 } });
  host.finish("ada", {});
  assert.equal(await nextId(stream), 22);
  over.abort();
});

test("the client starts without zod and fastify", () => {
  const module = new URL("api.ts", import.meta.url).href;
  const program = `
    import { registerHooks } from "node:module";
    const seen = [];
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
    await import(${JSON.stringify(module)});
    console.log(seen.filter((url) => url.includes("node_modules") || url.endsWith("/api.ts")).join());
  `;
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.equal(run.stdout.trim(), module, run.stderr);
});
