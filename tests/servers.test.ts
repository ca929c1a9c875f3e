import assert from "node:assert/strict";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { refusalOf } from "./subject.ts";

const SECRETS = { TOKEN: { file: "/run/token" } };
const CAPABLE = HARNESSES.filter(({ name }) => name !== "pi");

type Fields = { readonly [field: string]: unknown };
const stdio = (fields: Fields = {}) => ({ kind: "stdio", command: "/bin/tracker", ...fields });
const http = (fields: Fields = {}) => ({ kind: "http", url: "https://t.example/mcp", ...fields });
const sse = (fields: Fields = {}) => ({ kind: "sse", url: "https://t.example/sse", ...fields });
const refusals = (server: object, fields: Fields = {}) =>
  CAPABLE.map((harness) => ({
    name: harness.name,
    text: refusalOf(
      harness,
      { mcpServers: ["tracker"], secrets: SECRETS, ...fields },
      { mcpServers: { tracker: server } },
    ),
  }));

const REFERENCES = [
  "${TOKEN}",
  "$TOKEN",
  "Bearer ${TOKEN}",
  "{env:TOKEN}",
  "{file:/x}",
  "a\n${X:-b}",
];
for (const text of REFERENCES) {
  const servers = {
    "stdio.env": stdio({ env: { A: text } }),
    "http.headers": http({ headers: { A: text } }),
    "stdio.args": stdio({ args: ["--token", text] }),
    "http.url": http({ url: `https://t.example/${text.replaceAll(/\s/g, "")}` }),
    "stdio.env.A.prefix": stdio({ env: { A: { secret: "TOKEN", prefix: text } } }),
    "http.headers.A.prefix": http({ headers: { A: { secret: "TOKEN", prefix: text } } }),
  };
  test(`text that looks like a reference is refused in every harness: ${JSON.stringify(text)}`, () => {
    for (const [at, server] of Object.entries(servers)) {
      for (const { name, text: refusal } of refusals(server)) {
        assert.match(refusal, /^AGENT_RULE: agents\.a\.mcpServers: /, `${name} ${at}`);
        assert.ok(refusal.includes(`mcpServers.tracker.${at}`), `${name} ${at}: ${refusal}`);
        assert.match(
          refusal,
          /looks like a reference(.|\n)*→ .*\{ secret = "NAME"/,
          `${name} ${at}`,
        );
      }
    }
  });
}

test("money, patterns and templates are text", () => {
  for (const text of ["$5", "a$", "100 $ (US)", "{name}", "{envelope}", "$(id)", "^a$", "{}"]) {
    for (const { name, text: refusal } of refusals(stdio({ env: { A: text }, args: [text] })))
      assert.equal(refusal, "", `${name} ${text}`);
  }
});

test("a secret that a server refers to is one of the agent's, and arrives as itself", () => {
  const env = { A: { secret: "TOKEN" } };
  for (const server of [stdio({ env }), http({ headers: env })]) {
    for (const { name, text } of refusals(server)) assert.equal(text, "", name);
    for (const { text } of refusals(server, { secrets: {} }))
      assert.match(
        text,
        /tracker\.\w+\.\w+\.A: the agent has no secret TOKEN\n.*declare secrets\.TOKEN/,
      );
    for (const { text } of refusals(server, {
      secrets: { TOKEN: { ...SECRETS.TOKEN, delivery: "file" } },
    }))
      assert.match(text, /delivered as a file, so the path would be sent\n.*delivery = "env"/);
  }
});

test("a reference with another field, or none, is refused by its path", () => {
  for (const A of [
    { secrt: "TOKEN" },
    { secret: "TOKEN", prefx: "a" },
    {},
    3,
    { secret: "MY-KEY" },
  ]) {
    for (const { text } of refusals(stdio({ env: { A } })))
      assert.match(text, /^FLEET_INVALID: fleet\.mcpServers\.tracker\.env\.A/);
  }
});

test("a server over SSE is one like any other, and codex says what to use instead", () => {
  for (const headers of [{}, { A: "b" }, { A: { secret: "TOKEN" } }]) {
    for (const { name, text } of refusals(sse({ headers })))
      assert.match(
        text,
        name === "codex" ? /tracker\n.*→ .*mcpServers\.tracker\.http/ : /^$/,
        name,
      );
  }
  for (const { name, text } of refusals(sse({ url: "t.example" })))
    assert.match(text, /tracker\.sse\.url.*is not the URL/, name);
});

const STARTUP = new Map([
  ["claude-code", /→ .*MCP_TIMEOUT/],
  ["codex", /^$/],
]);

test("a limit for a tool call holds everywhere; one for the start is refused where there is none", () => {
  for (const server of [stdio, http]) {
    for (const { name, text } of refusals(server({ toolTimeoutSec: 300 })))
      assert.equal(text, "", name);
    for (const { name, text } of refusals(server({ startupTimeoutSec: 60 }))) {
      assert.match(text, STARTUP.get(name) ?? /→ .*toolTimeoutSec/, name);
    }
    for (const seconds of [0, -1, 1.5, 86_401, "60", "1m"]) {
      for (const { text } of refusals(server({ toolTimeoutSec: seconds })))
        assert.match(text, /^FLEET_INVALID: fleet\.mcpServers\.tracker\.toolTimeoutSec/);
    }
  }
});

test("a server's name may have _ where no tool's name can then mean two servers", () => {
  for (const harness of CAPABLE) {
    for (const server of ["work_log", "a_b_c", "a-b_c"]) {
      const text = refusalOf(
        harness,
        { mcpServers: [server] },
        { mcpServers: { [server]: stdio() } },
      );
      const joins = ["gemini", "opencode"].includes(harness.name);
      assert.match(text, joins ? /rename the server, with - instead of _/ : /^$/, harness.name);
    }
    for (const server of ["a__b", "a_", "_a", "A", "1a", "a b", ""]) {
      const text = refusalOf(harness, {}, { mcpServers: { [server]: stdio() } });
      assert.match(text, /^FLEET_INVALID: fleet\.mcpServers/, `${harness.name} ${server}`);
    }
  }
});

test("codex refuses a prefix that it cannot send", () => {
  const headers = { Authorization: { secret: "TOKEN", prefix: "token " } };
  for (const { name, text } of refusals(http({ headers })))
    assert.equal(/cannot send the header Authorization/.test(text), name === "codex", text);
});

test("a command is an absolute path, and the refusal shows how to get one", () => {
  for (const command of ["npx", "./server", "bin/server", "~/server", "", "/", "/bin/", "/a\nb"]) {
    for (const { text } of refusals(stdio({ command })))
      assert.match(
        text,
        /stdio\.command: (.|\n)*not the absolute path(.|\n)*→ .*lib\.getExe pkgs\.<package>/,
      );
  }
});

test("an address is one, and a header's name can be sent", () => {
  for (const url of ["t.example/mcp", "ftp://t.example", "https://", "https://a b", "", "/mcp"]) {
    for (const { text } of refusals(http({ url })))
      assert.match(text, /is not the URL of a server/);
  }
  for (const name of ["X Key", "X:Key", "", "X\nKey", "é"]) {
    for (const { text } of refusals(http({ headers: { [name]: "a" } })))
      assert.match(text, /cannot be the name of a header/);
  }
});

test("a variable of an agent is no reference either", () => {
  for (const value of ["${TOKEN}", "$TOKEN", "{env:TOKEN}", "{file:/run/token}"]) {
    for (const { text } of refusals(stdio(), { environment: { A: value } }))
      assert.match(text, /environment\.A: .*looks like a reference.*\n.*declare secrets\.A/);
  }
  for (const value of ["$HOME/bin", "a ${b}", "$", "$5"]) {
    for (const { text } of refusals(stdio(), { environment: { A: value } })) assert.equal(text, "");
  }
});

test("a key in environment or a server is refused by its looks, and not printed; a placeholder is no key", () => {
  const rest = "DoNotPrintMe".repeat(5);
  for (const key of [
    `sk-ant-api03-${rest}`,
    `sk-proj-${rest}`,
    `ghp_${rest}`,
    `AIza${rest}`,
    `Bearer sk-${rest}`,
  ]) {
    for (const { name, text } of refusals(stdio(), { environment: { MODEL_KEY: key } })) {
      assert.match(
        text,
        /environment\.MODEL_KEY: the value looks like a key.*\n.*declare secrets\.MODEL_KEY\.file/,
        name,
      );
      assert.ok(!text.includes("DoNotPrintMe"), text);
    }
    const texts = [
      stdio({ env: { A: key } }),
      stdio({ args: [key] }),
      http({ headers: { A: key } }),
      sse({ url: `https://t.example/${key.replace(" ", "-")}` }),
    ];
    for (const { name, text } of texts.flatMap((server) => refusals(server))) {
      if (name === "codex" && text.includes("does not support SSE")) continue;
      assert.match(text, /mcpServers\.tracker\..*: the value looks like a key/, name);
      assert.ok(!text.includes("DoNotPrintMe"), text);
    }
  }
  for (const value of [
    "sk-placeholder",
    "none",
    "desk-12",
    "task-force-of-the-northern-hemisphere-and-its-neighbours",
    "sk-stub-0123456789-0123456789",
  ]) {
    for (const { text } of refusals(stdio(), { environment: { MODEL_KEY: value } }))
      assert.equal(text, "");
  }
});
