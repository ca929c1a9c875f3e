import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Role } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import { type SampleHost, sampleHost } from "../../tests/api-host.ts";
import { type Asked, ask } from "../../tests/api-request.ts";
import { inheritedSockets } from "./inherited.ts";
import { type Endpoint, type Serving, serveHost } from "./listen.ts";
import { readTokens } from "./tokens.ts";

let folder = "";
let path = "";
let host: SampleHost;
let servings: Serving[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forge-api-"));
  path = join(folder, "api.sock");
  host = sampleHost();
  servings = [];
});
afterEach(async () => {
  for (const serving of servings) await serving[Symbol.asyncDispose]();
  host[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const timeouts = { headersMs: 100, requestMs: 200, idleMs: 300 };
async function serve(...endpoints: Endpoint[]): Promise<Serving> {
  const serving = await serveHost({ host, endpoints, warn: assert.fail, timeouts });
  servings.push(serving);
  return serving;
}

const unix = (mode = 0o660, role: Role = "read"): Endpoint => ({ kind: "unix", path, mode, role });
const TOKENS = { read: "r".repeat(20), write: "w".repeat(20) };
function tcp(): Endpoint & { kind: "tcp" } {
  const tokens = join(folder, "tokens");
  const text = `# of tests\nread ${TOKENS.read}\n\nwrite ${TOKENS.write}\n`;
  writeFileSync(tokens, text, { mode: 0o600 });
  return {
    ...{ kind: "tcp", host: "127.0.0.1", port: 0, tokens },
    ...{ names: ["forge.example"], origins: ["https://panel.example"] },
  };
}

const refused = (work: Promise<unknown>, code: string, said: RegExp) =>
  assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof ForgeError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, said);
    return true;
  });

test("a unix socket has its mode, and goes with the server", async () => {
  const serving = await serve(unix(0o640));
  assert.equal(lstatSync(path).mode & 0o777, 0o640);
  assert.equal((await ask({ at: { socketPath: path }, path: "/v1/agents" })).status, 200);
  await serving[Symbol.asyncDispose]();
  assert.deepEqual(readdirSync(folder), []);
});

test("a socket that a killed process left is replaced, a live one and a file are not", async () => {
  const left = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  assert.equal(spawnSync(process.execPath, ["-e", left]).signal, "SIGKILL");
  assert.ok(lstatSync(path).isSocket());
  await serve(unix());
  await refused(serve(unix()), "LISTEN_FAILED", /another process listens there/);
  assert.equal((await ask({ at: { socketPath: path }, path: "/v1/agents" })).status, 200);
  const file = join(folder, "file");
  writeFileSync(file, "mine");
  await refused(
    serve({ kind: "unix", path: file, mode: 0o600, role: "read" }),
    "LISTEN_FAILED",
    /something else/,
  );
});

test("a server that lost its place leaves the one that took it", async () => {
  const serving = await serve(unix());
  rmSync(path);
  const other = createServer().listen(path);
  await once(other, "listening");
  await serving[Symbol.asyncDispose]();
  assert.ok(lstatSync(path).isSocket());
  other.close();
});

test("all endpoints are served or none, and paths that cannot be are told", async () => {
  const long: Endpoint = {
    kind: "unix",
    path: join(folder, "a".repeat(120)),
    mode: 0o600,
    role: "read",
  };
  await refused(serve(unix(), long), "LISTEN_FAILED", /longer than 107 bytes/);
  const nowhere: Endpoint = { kind: "unix", path: join(folder, "no/a"), mode: 0o600, role: "read" };
  await refused(serve(unix(), nowhere), "LISTEN_FAILED", /no\/a/);
  assert.deepEqual(readdirSync(folder), []);
  const { ports } = await serve(tcp());
  await refused(serve({ ...tcp(), port: ports[0] ?? 0 }), "LISTEN_FAILED", /EADDRINUSE/);
});

test("each socket has its role", async () => {
  const other = join(folder, "w.sock");
  await serve(unix(), { kind: "unix", path: other, mode: 0o600, role: "write" });
  const stop = { method: "POST", path: "/v1/agents/ada/stop" };
  assert.equal((await ask({ at: { socketPath: path }, ...stop })).status, 403);
  assert.deepEqual(host.controlled, []);
  assert.equal((await ask({ at: { socketPath: other }, ...stop })).status, 200);
});

test("over TCP a token decides, and names and origins of others are refused", async () => {
  const { ports } = await serve(tcp());
  const [port = 0] = ports;
  const status = async (headers: Asked["headers"], asked: Partial<Asked> = {}) =>
    (
      await ask({
        at: { port, host: "127.0.0.1" },
        path: "/v1/agents",
        headers: headers ?? {},
        ...asked,
      })
    ).status;
  const read = { authorization: `Bearer ${TOKENS.read}` };
  const write = { authorization: `bearer ${TOKENS.write}` };
  const stop = { method: "POST", path: "/v1/agents/ada/stop" };
  assert.equal(await status({}), 401);
  assert.equal(await status({}, { path: "/v2" }), 401);
  for (const authorization of [
    "Bearer",
    `Bearer ${TOKENS.read}x`,
    `Basic ${TOKENS.read}`,
    "Bearer x",
  ])
    assert.equal(await status({ authorization }), 401, authorization);
  assert.deepEqual([await status(read), await status(write)], [200, 200]);
  assert.deepEqual([await status(read, stop), await status(write, stop)], [403, 200]);
  for (const name of ["evil.example", "127.0.0.1.evil.example", "[::1", "localhost.evil"])
    assert.equal(await status({ ...read, host: name }), 403, name);
  for (const name of ["localhost", "LOCALHOST:80", "forge.example:8", "10.0.0.1:80", "[::1]:80"])
    assert.equal(await status({ ...read, host: name }), 200, name);
  assert.equal(await status({ ...read, origin: "null" }), 403);
  assert.equal(await status({ ...read, origin: "https://evil.example" }), 403);
  assert.equal(await status({ ...read, origin: "https://panel.example" }), 200);
});

test("a file of tokens is private and without mistakes, and no message repeats a token", async () => {
  const file = join(folder, "t");
  const wrong = async (content: string, mode: number, said: RegExp) => {
    writeFileSync(file, content);
    chmodSync(file, mode);
    await assert.rejects(readTokens(file), (error: unknown) => {
      assert.ok(error instanceof ForgeError);
      assert.equal(error.code, "TOKENS_INVALID");
      assert.match(error.message, said);
      assert.doesNotMatch(error.report(), /secret/);
      return true;
    });
  };
  const good = `read ${"s".repeat(20)}\n`;
  for (const mode of [0o644, 0o604, 0o602, 0o620]) await wrong(good, mode, /its mode is 6/);
  await wrong("", 0o600, /no token/);
  await wrong(`${good}admin secretsecretsecretsecret\n`, 0o600, /line 2 /);
  await wrong("write secret\n", 0o600, /line 1 /);
  await wrong("write secretsecretsecretsecret x\n", 0o600, /line 1 /);
  await wrong(`#${"x".repeat(70_000)}`, 0o600, /64 KiB/);
  await refused(readTokens(folder), "TOKENS_INVALID", /not a file/);
  await refused(readTokens(join(folder, "none")), "TOKENS_INVALID", /ENOENT/);
  writeFileSync(file, good);
  chmodSync(file, 0o640);
  assert.equal((await readTokens(file)).roleOf("s".repeat(20)), "read");
});

test("a header, a body and a connection that take too long are ended", async () => {
  await serve(unix(0o600, "write"));
  const raw = async (sent: string): Promise<string> => {
    const socket = connect(path);
    socket.write(sent);
    return text(socket);
  };
  assert.match(
    await raw("GET /v1/agents HTTP/1.1\r\nhost: a"),
    /^HTTP\/1.1 408 .*REQUEST_TIMEOUT/s,
  );
  const late = (type: string) =>
    `POST /v1/agents/ada/prompts HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: 9\r\n\r\n{`;
  assert.match(await raw(late("application/json")), /^HTTP\/1.1 408 .*REQUEST_TIMEOUT/s);
  const early = await raw(late("text/plain"));
  assert.match(early, /^HTTP\/1.1 415 /);
  assert.equal(early.match(/HTTP\/1.1/g)?.length, 1, "the rest of a body is no request");
  assert.match(await raw("GET /v1/agents HTTP/1.1\r\nhost: a\r\n\r\n"), /^HTTP\/1.1 200 /);
  assert.match(await raw("hello\r\n\r\n"), /^HTTP\/1.1 400 .*REQUEST_INVALID/s);
  const long = `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`;
  assert.match(await raw(long), /^HTTP\/1.1 413 .*REQUEST_TOO_LARGE/s);
});

test("connections above the limit are closed, and the others served", async () => {
  const connections = 2;
  servings.push(await serveHost({ host, endpoints: [unix()], warn: assert.fail, connections }));
  const open = [connect(path), connect(path)];
  await Promise.all(open.map((socket) => once(socket, "connect")));
  const third = connect(path);
  assert.equal(await text(third), "");
  open[0]?.end("GET /v1/agents HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  assert.ok(open[0]);
  assert.match(await text(open[0]), /^HTTP\/1.1 200 /);
  for (const socket of open) socket.destroy();
});

test("descriptors of systemd are those for this process, by name", () => {
  const env = { LISTEN_PID: "7", LISTEN_FDS: "3", LISTEN_FDNAMES: "read:write:read" };
  const map = (given: Parameters<typeof inheritedSockets>[0]) => [...inheritedSockets(given, 7)];
  assert.deepEqual(map(env), [
    ["read", [3, 5]],
    ["write", [4]],
  ]);
  assert.deepEqual(map({ ...env, LISTEN_PID: "8" }), []);
  assert.deepEqual(map({}), []);
  assert.deepEqual(map({ LISTEN_PID: "7", LISTEN_FDS: "1" }), [["unknown", [3]]]);
  for (const LISTEN_FDS of ["x", "-1", "1e9"])
    assert.throws(() => map({ ...env, LISTEN_FDS }), ForgeError);
});

const activate = "systemd-socket-activate";
const hasActivate = spawnSync(activate, ["--version"]).status === 0;
test("a socket that systemd hands over is served", {
  skip: hasActivate ? false : `needs ${activate}`,
}, async () => {
  const child = fileURLToPath(new URL("../../tests/api-inherited.ts", import.meta.url));
  const run = spawn(
    activate,
    [`--listen=${path}`, "--fdname=forge-read", process.execPath, child],
    {
      stdio: ["ignore", "inherit", "pipe"],
    },
  );
  try {
    await once(run.stderr, "data"); // it says that it listens
    const at = { socketPath: path };
    assert.equal((await ask({ at, path: "/v1/agents" })).status, 200);
    assert.equal((await ask({ at, path: "/v1/agents/ada/stop", method: "POST" })).status, 403);
  } finally {
    run.kill("SIGKILL");
  }
});
