import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { parseFleet } from "../harnesses/fleet.ts";
import { HARNESSES } from "../harnesses/registry.ts";
import { planFor } from "../plan/plan.ts";
import type { Json } from "../schema/json.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import { placeOf, planWith } from "./subject.ts";

const root = mkdtempSync(join(tmpdir(), "forge-quoting-"));
after(() => rmSync(root, { recursive: true }));

const FOLDERS = [
  ...["it's", 'say "hi"', "a b", "$HOME", "${HOME}", "$(id)", "`id`", "#1", "100%", "ü😀", "a\nb"],
  ...["\\", "*", "!x", "~", "&;|<>", "-x", "{env:HOME}", "'", "''", "a'$HOME'b"],
];

function commandsIn(value: Json): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) =>
    key === "command" && typeof inner === "string" ? [inner] : commandsIn(inner),
  );
}

/** Command lines for a shell in all files of an agent whose forge-signal is at this path. */
function hooksOf(harness: Harness, signal: string): readonly string[] {
  const fleet = parseFleet({ agents: { a: { harness: harness.name, model: "m", role: "r" } } });
  const [declared] = fleet.agents;
  assert.ok(declared);
  const plan = planFor({ declared, fleet, place: placeOf(harness, { signal }) });
  return Object.values(plan.files)
    .flatMap((file) =>
      "json" in file ? commandsIn(file.json) : "toml" in file ? commandsIn(file.toml) : [],
    )
    .filter((command) => command.includes("forge-signal"));
}

/** As Gemini CLI treats every text of its settings. */
const filled = (text: string): string =>
  text.replace(/\$(?:(\w+)|{([^}]+?)(?::-([^}]*))?})/g, (_, a, b) => `<${a ?? b}>`);

for (const harness of HARNESSES) {
  test(`${harness.name}: hooks find forge-signal wherever it lies`, () => {
    for (const folder of FOLDERS) {
      const signal = join(root, folder, "forge-signal");
      mkdirSync(dirname(signal), { recursive: true });
      writeFileSync(signal, '#!/bin/sh\necho "$1"\n', { mode: 0o755 });
      for (const command of new Set(hooksOf(harness, signal))) {
        assert.equal(filled(command), command, folder);
        for (const shell of ["sh", "bash"]) {
          const said = execFileSync(shell, ["-c", command], { encoding: "utf8" });
          assert.match(said, /^(-|[a-z-]+)\n$/, `${shell} ${folder}`);
        }
      }
    }
  });
}

test("codex: a server of MCP gets secrets by a shell, under any name and behind any text", () => {
  for (const prefix of ["", "Bearer ", "it's ", '"', "\\", "$(", "`id` ", "a\nb ", "ü", "'$'"]) {
    const env = {
      ...{ A: { secret: "B", prefix }, B: { secret: "A" }, PLAIN: "it's" },
    };
    const server = { kind: "stdio", command: "/usr/bin/env", args: ["-0"], env };
    const secrets = { A: { file: "/run/a" }, B: { file: "/run/b" } };
    const codex = HARNESSES.find(({ name }) => name === "codex");
    assert.ok(codex);
    const plan = planWith(codex, { mcpServers: ["s"], secrets }, { mcpServers: { s: server } });
    const file = plan.files["codex/config.toml"];
    assert.ok(file && "toml" in file);
    const { command, args, env: given } = Object(file.toml["mcp_servers"]).s;
    const output = execFileSync(command, args, {
      encoding: "utf8",
      env: { A: "secret a", B: "secret b", ...given },
    });
    const got = output.split("\0");
    assert.ok(got.includes(`A=${prefix}secret b`) && got.includes("B=secret a"), output);
    assert.ok(got.includes("PLAIN=it's"), output);
  }
});
