import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { claudeCode } from "../../harnesses/claude-code/harness.ts";
import { parseFleet } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { metaOf } from "../../schema/introspect.ts";
import { ExternalPath, Folder, SourcePath } from "../../schema/names.ts";
import { unwrap } from "../../schema/wrappers.ts";
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

test("paths in options of harnesses are relative too, wherever their type says so", () => {
  const free = {
    settings: { plansDirectory: "./plans" },
    hooks: { Stop: [{ hooks: [{ type: "command", command: "./notify" }] }] },
  };
  const fleet = agent({
    "claude-code": {
      ...free,
      additionalDirectories: ["./docs", "../shared/", "~/notes/", "~", ".", "/srv/b", "./a b/é"],
    },
  });
  const [declared] = parseFleet(absolute(fleet)).agents;
  assert.deepEqual(declared?.options["additionalDirectories"], [
    ...["/srv/it's/docs", "/srv/shared", "/home/a/notes", "/home/a", "/srv/it's", "/srv/b"],
    "/srv/it's/a b/é",
  ]);
  const { settings, hooks } = declared?.options ?? {};
  assert.deepEqual({ settings, hooks }, free);
});

test("every option of a harness that is a path by its type is resolved", () => {
  const isPath = (schema: z.core.$ZodType): boolean => {
    const within = unwrap(schema);
    return metaOf(schema).isPath || (within instanceof z.ZodArray && isPath(within.element));
  };
  const isText = (schema: z.core.$ZodType): boolean => unwrap(schema) instanceof z.ZodString;
  for (const { name, options } of HARNESSES) {
    for (const [option, schema] of Object.entries(options.shape)) {
      const value = isText(schema) ? "./x" : ["./x"];
      const fleet = agent({ harness: name, [name]: { [option]: value } });
      assert.equal(isDeepStrictEqual(absolute(fleet), fleet), !isPath(schema), `${name}.${option}`);
      // Who adds an option for a folder has to give it the type of one.
      const { description = "" } = metaOf(schema);
      assert.equal(
        /^(Director|Folder|Path)/.test(description),
        isPath(schema),
        `${name}.${option}`,
      );
    }
  }
});

test("paths of a fleet's own harnesses, and of programs that are MCP servers, are relative too", () => {
  const options = z.strictObject({
    notes: Folder.nullable().default(null),
    rules: z.record(z.string(), SourcePath).default({}),
    nested: z.strictObject({ cache: z.array(ExternalPath) }).prefault({ cache: [] }),
    text: z.string().default(""),
  });
  const own = { notes: "~/n", rules: { a: "./r" }, nested: { cache: ["../c"] }, text: "./t" };
  const fleet = {
    agents: { a: { harness: "own", model: "m", role: "r", own } },
    harnesses: [{ ...claudeCode, name: "own", options }, null, { trees: {}, options: 5 }],
    mcpServers: {
      here: { kind: "stdio", command: "./bin/server", args: ["./x"], env: { A: "./y" } },
      there: { kind: "http", url: "./z" },
      odd: { kind: "no such", command: "./w" },
    },
  };
  const { agents, mcpServers } = Object(absolute(fleet));
  assert.deepEqual(agents.a.own, {
    ...{ notes: "/home/a/n", rules: { a: "/srv/it's/r" } },
    ...{ nested: { cache: ["/srv/c"] }, text: "./t" },
  });
  const { here, ...others } = fleet.mcpServers;
  assert.deepEqual(mcpServers, { here: { ...here, command: "/srv/it's/bin/server" }, ...others });
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
