import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const lab = process.env["FORGE_MATRIX_LAB"] ?? "";
const stubs = readFileSync(join(lab, "stubs"), "utf8").trim().split("\n");

/** Each address of another socket that some process named: who, and where to. Kernel and files are no peers. */
const named = [
  ...readFileSync(join(lab, "trace"), "utf8").matchAll(/^\d+<(.*?)> .*sa_family=(AF_\w+), (.*)/gm),
]
  .map(([, who = "", family = "", address = ""]) => ({ who, family, address }))
  .filter(({ family }) => !["AF_UNIX", "AF_NETLINK", "AF_UNSPEC"].includes(family))
  .map(({ who, family, address }) => {
    const [, port, ip] = /_port=htons\((\d+)\).*?"([^"]+)"/.exec(address) ?? [];
    return { who, url: port && ip ? `http://${ip}:${port}` : `${family} ${address}` };
  });

test("over starts, turns, idleness and ends, no harness tries to reach anything but the stub", () => {
  const others = new Set(
    named.filter(({ url }) => !stubs.includes(url)).map(({ who, url }) => `${who} to ${url}`),
  );
  assert.deepEqual([...others], []);
});

test("every stub was reached, so the watch works", () => {
  const reached = new Set(named.map(({ url }) => url));
  assert.deepEqual(
    stubs.filter((url) => !reached.has(url)),
    [],
  );
});
