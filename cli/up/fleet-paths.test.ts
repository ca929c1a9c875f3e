import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFleet } from "../../harnesses/fleet.ts";
import { withAbsolutePaths } from "./fleet-paths.ts";

const absolute = (fleet: unknown) =>
  withAbsolutePaths(fleet, { folder: "/srv/it's", home: "/home/a" });
const agent = (fields: object) => ({
  agents: { a: { harness: "claude-code", model: "m", role: "r", ...fields } },
});

test("paths of a fleet file are relative to it, or to the home directory", () => {
  const fleet = {
    ...agent({
      workspace: "./ws",
      package: "../claude",
      secrets: { KEY: { file: "~/.secrets/key" }, OTHER: { file: "/etc/key" } },
    }),
    skills: { review: { description: "d", source: "./skills/../review" } },
    plugins: { tools: { source: "." } },
  };
  const expected = {
    ...agent({
      workspace: "/srv/it's/ws",
      package: "/srv/claude",
      secrets: { KEY: { file: "/home/a/.secrets/key" }, OTHER: { file: "/etc/key" } },
    }),
    skills: { review: { description: "d", source: "/srv/it's/review" } },
    plugins: { tools: { source: "/srv/it's" } },
  };
  assert.deepEqual(absolute(fleet), expected);
  assert.equal(parseFleet(absolute(fleet)).agents.length, 1);
});

test("no other text changes, and what is no fleet stays for the check that follows", () => {
  const odd = [
    agent({
      role: "./read",
      model: "~/x",
      environment: { A: "./a" },
      extraArgs: ["./b"],
      workspace: 5,
    }),
    agent({ secrets: { KEY: "./key" }, workspace: "here", package: "" }),
    ...[null, 5, "./x", [], { agents: ["./a"] }, { agents: { a: null } }, { nobody: "./x" }],
  ];
  for (const fleet of odd) assert.deepEqual(absolute(fleet), fleet);
});
