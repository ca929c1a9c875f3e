import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type StubModel, startStubModel } from "./server.ts";

let stub: StubModel;
before(async () => {
  stub = await startStubModel();
});
after(() => stub.close());

/** Each wire format: how a client asks, and which bytes carry the answer. */
const FORMATS = [
  {
    path: "/v1/messages",
    streamPath: "/v1/messages",
    body: (text: string) => ({
      system: [{ type: "text", text: "You are a gardener." }],
      messages: [{ role: "user", content: [{ type: "text", text }] }],
      tools: [{ name: "bash" }],
    }),
    afterTool: (text: string) => ({
      messages: [
        { role: "user", content: text },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "bash", input: {} }] },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t",
              content: "file.txt<system-reminder>x</system-reminder>",
            },
            { type: "text", text: "<system-reminder>[[say no]]</system-reminder>" },
          ],
        },
      ],
    }),
    delta: /"text_delta","text":("(?:[^"\\]|\\.)*")/g,
    toolInput: (text: string) => JSON.parse(joined(text, /"partial_json":("(?:[^"\\]|\\.)*")/g)),
    lastEvent: '"type":"message_stop"',
    errorType: '"authentication_error"',
  },
  {
    path: "/v1/chat/completions",
    streamPath: "/v1/chat/completions",
    body: (text: string) => ({
      messages: [
        { role: "system", content: "You are a gardener." },
        { role: "user", content: text },
      ],
      tools: [{ type: "function", function: { name: "bash" } }],
    }),
    afterTool: (text: string) => ({
      messages: [
        { role: "user", content: text },
        { role: "assistant", content: null, tool_calls: [] },
        { role: "tool", tool_call_id: "t", content: "file.txt" },
      ],
    }),
    delta: /"delta":{"content":("(?:[^"\\]|\\.)*")/g,
    toolInput: (text: string) =>
      JSON.parse(joined(text, /"function":{"arguments":("(?:[^"\\]|\\.)*")/g)),
    lastEvent: "[DONE]",
    errorType: '"invalid_api_key"',
  },
  {
    path: "/v1/responses",
    streamPath: "/v1/responses",
    body: (text: string) => ({
      instructions: "You are a gardener.",
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
      tools: [{ type: "function", name: "bash" }],
    }),
    afterTool: (text: string) => ({
      input: [
        { role: "user", content: text },
        { type: "function_call", call_id: "t", name: "bash", arguments: "{}" },
        { type: "function_call_output", call_id: "t", output: "file.txt" },
      ],
    }),
    delta: /"response.output_text.delta","delta":("(?:[^"\\]|\\.)*")/g,
    toolInput: (text: string) =>
      JSON.parse(
        joined(text, /"response.function_call_arguments.delta","delta":("(?:[^"\\]|\\.)*")/g),
      ),
    lastEvent: '"type":"response.completed"',
    errorType: '"invalid_api_key"',
  },
  {
    path: "/v1beta/models/m:generateContent",
    streamPath: "/v1beta/models/m:streamGenerateContent",
    body: (text: string) => ({
      systemInstruction: { parts: [{ text: "You are a gardener." }] },
      contents: [{ role: "user", parts: [{ text }] }],
      tools: [{ functionDeclarations: [{ name: "bash" }] }],
    }),
    afterTool: (text: string) => ({
      contents: [
        { role: "user", parts: [{ text }] },
        { role: "model", parts: [{ functionCall: { name: "bash", args: {} } }] },
        {
          role: "user",
          parts: [{ functionResponse: { name: "bash", response: { output: "file.txt" } } }],
        },
      ],
    }),
    delta: /"text":("(?:[^"\\]|\\.)*")/g,
    toolInput: (text: string) => JSON.parse(/"args":(\{.*?\})\}/.exec(text)?.[1] ?? "{}"),
    lastEvent: '"finishReason":"STOP"',
    errorType: '"UNAUTHENTICATED"',
  },
];

async function post(path: string, body: object) {
  const response = await fetch(stub.url + path, {
    method: "POST",
    headers: { "x-api-key": "dummy", cookie: "not logged" },
    body: JSON.stringify({ model: "m", ...body }),
  });
  return { status: response.status, text: await response.text() };
}

function joined(text: string, pattern: RegExp): string {
  return [...text.matchAll(pattern)].map((match) => JSON.parse(match[1] ?? '""')).join("");
}

const LONG = `one "two" ${"três ".repeat(20)}end`;

for (const format of FORMATS) {
  const { path, streamPath, body, afterTool, delta, toolInput, lastEvent, errorType } = format;

  test(`${path}: whole answer, and what the log keeps`, async () => {
    const { status, text } = await post(path, body("hello"));
    assert.equal(status, 200);
    assert.match(text, /"stub\(m\): hello"/);
    const logged = stub.requests.at(-1);
    assert.deepEqual(
      { path: logged?.path, role: logged?.turn?.system, said: logged?.turn?.userText },
      { path, role: "You are a gardener.", said: "hello" },
    );
    assert.deepEqual(Object.keys(logged?.headers ?? {}), ["x-api-key", "user-agent"]);
  });

  test(`${path}: streamed text adds up`, async () => {
    const { text } = await post(streamPath, { ...body(`[[say ${LONG}]]`), stream: true });
    assert.equal(joined(text, delta), LONG);
    assert.ok(text.trimEnd().split("\n").at(-1)?.includes(lastEvent));
  });

  test(`${path}: streamed tool call, then its result`, async () => {
    const ask = `[[tool bash {"command":"echo ${"x".repeat(90)}"}]]`;
    const { text } = await post(streamPath, { ...body(ask), stream: true });
    assert.deepEqual(toolInput(text), { command: `echo ${"x".repeat(90)}` });
    assert.match(text, /"name":"bash"/);
    const next = await post(path, afterTool(ask));
    assert.match(next.text, /"tool said: file\.txt"/);
  });

  test(`${path}: errors in the provider's shape`, async () => {
    const refused = await post(path, body("[[error 401]]"));
    assert.equal(refused.status, 401);
    assert.ok(refused.text.includes(errorType));
    assert.equal((await post(path, body("[[error 500]]"))).status, 500);
    assert.equal((await post(path, { messages: 1, input: 1, contents: 1 })).status, 400);
  });
}

test("/v1/responses: a tool of a namespace is called namespace.name", async () => {
  const input = "[[tool lab.ping {}]]";
  const tools = [{ type: "namespace", name: "lab", tools: [{ type: "function", name: "ping" }] }];
  const { text } = await post("/v1/responses", { input, tools });
  assert.match(text, /"name":"ping","arguments":"\{\}","namespace":"lab"/);
  assert.deepEqual(stub.requests.at(-1)?.turn?.tools, ["lab.ping"]);
});

test("probes are harmless and unknown paths are 404, both in the log", async () => {
  for (const [method, path, status] of [
    ["HEAD", "/", 200],
    ["GET", "/", 200],
    ["GET", "/v1/models", 200],
    ["POST", "/v1/messages/count_tokens", 200],
    ["POST", "/v1beta/models/m:countTokens", 200],
    ["GET", "/nowhere", 404],
    ["GET", "/v1/responses", 404],
  ] as const) {
    assert.equal((await fetch(`${stub.url}${path}?beta=true`, { method })).status, status, path);
    const logged = stub.requests.at(-1);
    assert.deepEqual([logged?.method, logged?.path, logged?.status], [method, path, status]);
  }
});

test("delay holds back the first byte, slow the later ones", async () => {
  const start = performance.now();
  const content = "[[delay 60]] [[slow 30]] [[say x]]";
  const response = await fetch(`${stub.url}/v1/messages`, {
    method: "POST",
    body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content }] }),
  });
  const first = performance.now() - start;
  await response.text();
  const rest = performance.now() - start - first;
  assert.ok(first >= 59, `first byte after ${first} ms`);
  assert.ok(rest >= 100, `the rest after ${rest} ms`);
});

test("close cuts a stream that is still waiting", async () => {
  const own = await startStubModel();
  const body = { model: "m", messages: [{ role: "user", content: "[[delay 60000]]" }] };
  const pending = fetch(`${own.url}/v1/messages`, { method: "POST", body: JSON.stringify(body) });
  const failed = assert.rejects(pending);
  while (own.requests.length === 0) await new Promise(setImmediate);
  await own.close();
  await own.close();
  await failed;
});
