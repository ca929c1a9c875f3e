import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { factsOf } from "./facts.ts";

const lab = process.env["FORGE_MATRIX_LAB"] ?? "";
const stubs = readFileSync(join(lab, "stubs"), "utf8").trim().split("\n");
const { lookups } = factsOf({ name: process.env["FORGE_MATRIX_HARNESS"] ?? "" });

const LOCAL = ["AF_UNIX", "AF_NETLINK", "AF_UNSPEC"];
const trace = readFileSync(join(lab, "trace"), "utf8");
/** Each call that names an address beyond this machine's own sockets: `http://IP:PORT`, and the call. */
const calls = [...trace.matchAll(/^\d+<.*?> .*sa_family=(AF_\w+), (.*)/gm)].flatMap(
  ([call, family = "", address = ""]) => {
    const [, port, ip] = /_port=htons\((\d+)\).*?"([^"]+)"/.exec(address) ?? [];
    return LOCAL.includes(family) ? [] : [{ url: `http://${ip}:${port}`, call }];
  },
);

/** As a name stands in a DNS question: each part after its length, which strace writes in octal. */
const isLookup = (call: string): boolean =>
  lookups
    .map((name) => name.split(".").map((part) => `\\${part.length.toString(8)}${part}`))
    .some((parts) => call.includes(parts.join("")));

test("over starts, turns, idleness and ends it tries to reach nothing but the stub", () => {
  const others = calls.filter(({ url, call }) => !stubs.includes(url) && !isLookup(call));
  assert.deepEqual([...new Set(others.map(({ call }) => call))], []);
});

test("the watch sees: the stub was reached, and every declared lookup was tried", () => {
  const reached = new Set(calls.map(({ url }) => url));
  assert.deepEqual(
    stubs.filter((url) => !reached.has(url)),
    [],
  );
  assert.equal(
    calls.some(({ call }) => isLookup(call)),
    lookups.length > 0,
  );
});
