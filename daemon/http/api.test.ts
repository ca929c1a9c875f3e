import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { FastifyInstance, InjectOptions } from "fastify";
import { AgentList, Problem, PromptList } from "../../schema/api/bodies.ts";
import { OPERATIONS } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import { PromptRecord } from "../../schema/prompt-record.ts";
import { type SampleHost, sampleHost } from "../../tests/api-host.ts";
import { createApi } from "./api.ts";
import { routeOf } from "./route.ts";

let host: SampleHost;
let app: FastifyInstance;
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  host = sampleHost();
  app = createApi({ host, role: "write", warn: (what) => warnings.push(what) });
});
afterEach(async () => {
  await app.close();
  host[Symbol.dispose]();
  assert.deepEqual(warnings, []);
});

const prompts = "/v1/agents/ada/prompts";
const send = (payload: object, url = prompts) => app.inject({ method: "POST", url, payload });
const sent = async (payload: object): Promise<PromptRecord> =>
  PromptRecord.parse((await send(payload)).json());

async function problem(status: number, code: string, request: InjectOptions): Promise<Problem> {
  const answer = await app.inject(request);
  assert.equal(answer.statusCode, status, answer.body);
  assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
  const said = Problem.parse(answer.json());
  assert.deepEqual([said.status, said.code], [status, code]);
  assert.ok(said.fix.length > 0 && said.title.length > 0);
  return said;
}

test("every operation has a route", () => {
  for (const { method, path } of Object.values(OPERATIONS))
    assert.ok(app.hasRoute({ method, url: routeOf(path) }), path);
});

test("agents are listed with the last event, and shown", async () => {
  host.finish("ada", {});
  const list = AgentList.parse((await app.inject("/v1/agents")).json());
  assert.deepEqual([list.agents.map(({ name }) => name), list.lastEvent], [["ada", "bob"], 1]);
  assert.deepEqual((await app.inject("/v1/agents/bob")).json(), host.agent("bob"));
  await problem(404, "AGENT_UNKNOWN", { url: "/v1/agents/eve" });
  await problem(404, "AGENT_UNKNOWN", { url: "/v1/agents/eve/prompts" });
});

test("an action reaches the host, and is answered with the agent", async () => {
  const answer = await app.inject({ method: "POST", url: "/v1/agents/ada/restart" });
  assert.deepEqual(answer.json(), host.agent("ada"));
  assert.deepEqual(host.controlled, [["ada", "restart"]]);
  await problem(404, "AGENT_UNKNOWN", { method: "POST", url: "/v1/agents/eve/stop" });
  const wrong = await problem(400, "REQUEST_INVALID", {
    ...{ method: "POST", url: "/v1/agents/ada/strat" },
  });
  assert.match(wrong.detail, /path\.action: .*did you mean "start"/);
});

test("a prompt is accepted, listed, shown and cancelled", async () => {
  const answer = await send({ text: "hello\r\nworld", key: "k", priority: 2, ttlMs: 60_000 });
  assert.equal(answer.statusCode, 202);
  const record = PromptRecord.parse(answer.json());
  assert.equal(answer.headers["location"], `/v1/prompts/${record.id}`);
  assert.deepEqual([record.text, record.key, record.priority], ["hello\nworld", "k", 2]);
  assert.equal((record.expires ?? 0) - record.accepted, 60_000);
  assert.equal((await sent({ text: "hello\nworld", key: "k" })).id, record.id);
  assert.deepEqual((await app.inject(`/v1/prompts/${record.id}`)).json(), record);
  await sent({ text: "later" });
  const list = PromptList.parse((await app.inject(`${prompts}?limit=1`)).json());
  assert.deepEqual(
    list.prompts.map(({ beginning }) => beginning),
    ["later"],
  );
  const cancel: InjectOptions = { method: "DELETE", url: `/v1/prompts/${record.id}` };
  for (const _ of ["first", "again"])
    assert.equal(PromptRecord.parse((await app.inject(cancel)).json()).phase, "cancelled");
});

test("what cannot be done to a prompt has a code", async () => {
  const { id } = await sent({ text: "one", key: "k" });
  const post: InjectOptions = { method: "POST", url: prompts };
  await problem(409, "PROMPT_KEY_TAKEN", { ...post, payload: { text: "two", key: "k" } });
  host.decide(id, "submitted");
  await problem(409, "PROMPT_TOO_LATE", { method: "DELETE", url: `/v1/prompts/${id}` });
  await problem(404, "PROMPT_UNKNOWN", { method: "DELETE", url: "/v1/prompts/p0" });
  await problem(404, "PROMPT_UNKNOWN", { url: "/v1/prompts/p0" });
  for (const text of ["", "a\0b", "\ud800", "\u001b[201~", "a".repeat(300_000)])
    await problem(422, "PROMPT_REFUSED", { ...post, payload: { text } });
  await sent({ text: "three" });
  const interrupt: InjectOptions = { method: "POST", url: "/v1/agents/ada/interrupt" };
  await problem(422, "NOT_SUPPORTED_HERE", interrupt);
});

test("a wrong body is refused with the field's path", async () => {
  const refused = async (payload: object, said: RegExp) => {
    const { detail } = await problem(400, "REQUEST_INVALID", {
      ...{ method: "POST", url: prompts, payload },
    });
    assert.match(detail, said);
  };
  await refused({}, /body\.text: required/);
  await refused({ text: 1 }, /body\.text: expected string/);
  await refused({ text: "a", prioritty: 1 }, /body\.prioritty: no such field.*"priority"/);
  await refused({ text: "a", key: "\0" }, /body\.key: text holds a NUL/);
  await refused({ text: "a", ttlMs: 0.5 }, /body\.ttlMs/);
  await refused([], /body: expected object/);
  await refused(Array(5000).fill([]), /more values/);
  const query = await problem(400, "REQUEST_INVALID", { url: `${prompts}?limit=1e1` });
  assert.match(query.detail, /query\.limit/);
});

test("what is no JSON, too large, or deep is refused", async () => {
  const post = (payload: string | Buffer, type = "application/json"): InjectOptions => ({
    ...{ method: "POST", url: prompts, payload, headers: { "content-type": type } },
  });
  await problem(400, "REQUEST_INVALID", post("{"));
  await problem(400, "REQUEST_INVALID", post(""));
  await problem(400, "REQUEST_INVALID", post('{"__proto__": {}}'));
  await problem(400, "REQUEST_INVALID", post(Buffer.from('{"text":"\xff"}', "latin1")));
  await problem(400, "REQUEST_INVALID", post(`${"[".repeat(1e6)}${"]".repeat(1e6)}`));
  await problem(413, "REQUEST_TOO_LARGE", post(`{"text":"${"a".repeat(4 << 20)}"}`));
  await problem(415, "MEDIA_TYPE_UNSUPPORTED", post("text=a", "application/x-www-form-urlencoded"));
  await problem(415, "MEDIA_TYPE_UNSUPPORTED", post("a", "text/plain"));
});

test("1 MiB of text reaches the rules of the ledger, however it is escaped", async () => {
  for (const text of ["é".repeat(1 << 19), "\n".repeat(1 << 20), "😀".repeat(1 << 18)]) {
    const escaped = JSON.stringify({ text }).replace(/[^\x20-\x7e]/g, (unit) => {
      return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
    await problem(422, "PROMPT_REFUSED", {
      ...{ method: "POST", url: prompts, payload: escaped },
      headers: { "content-type": "application/json" },
    });
  }
});

test("unknown paths and methods are told apart", async () => {
  await problem(404, "ROUTE_UNKNOWN", { url: "/v2" });
  await problem(404, "ROUTE_UNKNOWN", { url: "/" });
  await problem(400, "REQUEST_INVALID", { url: "/v1/agents/%zz" });
  const request = { method: "DELETE", url: "/v1/agents/ada/prompts?x=1" } as const;
  assert.match((await problem(405, "METHOD_NOT_ALLOWED", request)).fix, /GET/);
  assert.equal((await app.inject(request)).headers["allow"], "POST, GET");
  await problem(405, "METHOD_NOT_ALLOWED", { method: "POST", url: "/v1/agents" });
});

test("a wait ends with the verdict, or at its limit", async () => {
  const waiting = send({ text: "a", wait: "verdict" });
  const over = new AbortController();
  const { promise: accepted, resolve } = Promise.withResolvers<string>();
  host.events.follow((event) => {
    if (event.kind === "prompt") resolve(event.data.id);
  }, over.signal);
  const id = await accepted;
  over.abort();
  host.decide(id, "delivering");
  host.decide(id, "submitted");
  const answer = await waiting;
  assert.deepEqual([answer.statusCode, answer.json().phase], [200, "submitted"]);
  const late = await send({ text: "b", wait: "verdict", waitMs: 1 });
  assert.deepEqual([late.statusCode, late.json().phase], [202, "queued"]);
});

test("a wait ends when the server does", async () => {
  const { promise: accepted, resolve } = Promise.withResolvers<void>();
  host.events.follow(() => resolve(), AbortSignal.timeout(5000));
  const waiting = send({ text: "a", wait: "verdict" });
  await accepted;
  await app.close();
  assert.equal((await waiting).statusCode, 202);
});

test("a list has the beginning of a text, in whole characters", async () => {
  await sent({ text: `${"😀".repeat(250)}` });
  const list = PromptList.parse((await app.inject(prompts)).json());
  assert.deepEqual(
    list.prompts.map(({ beginning }) => beginning),
    ["😀".repeat(200)],
  );
});

test("what a host fails at is told apart from what forge does not know", async () => {
  const failing = (error: unknown) =>
    createApi({
      host: { ...host, control: () => Promise.reject(error) },
      ...{ role: "write", warn: (what) => warnings.push(what) },
    });
  const stop: InjectOptions = { method: "POST", url: "/v1/agents/ada/stop" };
  const full = new ForgeError("LEDGER_UNWRITABLE", "the disk is full", { fix: "make room" });
  const known = await failing(full).inject(stop);
  assert.deepEqual([known.statusCode, known.json().detail], [503, "the disk is full"]);
  assert.deepEqual(warnings, []);
  const unknown = await failing(new TypeError("a secret")).inject(stop);
  assert.deepEqual([unknown.statusCode, unknown.json().code], [500, "INTERNAL_ERROR"]);
  assert.doesNotMatch(unknown.body, /a secret/);
  assert.match(warnings.splice(0).join(), /TypeError: a secret\n +at/);
});

test("an answer that nobody reads is given up", async () => {
  const timeouts = { headersMs: 100, requestMs: 100, idleMs: 5000 };
  using crowd = sampleHost({ names: Array.from({ length: 4000 }, (_, index) => `agent-${index}`) });
  const slow = createApi({ host: crowd, role: "read", warn: assert.fail, timeouts });
  const path = join(mkdtempSync(join(tmpdir(), "forge-slow-")), "api.sock");
  await slow.listen({ path });
  const connection = once(slow.server, "connection");
  const client = connect(path).pause();
  client.on("error", () => {}); // reset by the server
  client.write("GET /v1/agents HTTP/1.1\r\nhost: a\r\n\r\n"); // more than a socket holds
  const [socket]: Socket[] = await connection;
  assert.ok(socket);
  await once(socket, "close");
  client.destroy();
  await slow.close();
  rmSync(dirname(path), { recursive: true });
});

test("metrics count agents, queues and prompts", async () => {
  const { id } = await sent({ text: "a" });
  await sent({ text: "b" });
  host.decide(id, "submitted");
  const { body, headers } = await app.inject("/metrics");
  assert.match(String(headers["content-type"]), /^application\/openmetrics-text; version=1\.0\.0/);
  for (const line of [
    'forge_agents{state="ready"} 2',
    'forge_agents{state="busy"} 0',
    'forge_agent_queued_prompts{agent="ada"} 1',
    'forge_prompts_total{phase="queued"} 2',
    'forge_prompts_total{phase="submitted"} 1',
    'forge_prompts_total{phase="failed"} 0',
    "forge_event_subscribers 0",
    "# EOF",
  ])
    assert.ok(body.split("\n").includes(line), `${line}\n${body}`);
  assert.match(body, /^process_resident_memory_bytes \d+/m);
});
