import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type SampleFleet, sampleFleet } from "../tests/sample-fleet.ts";

/** Names the packages that a program has loaded, once it ends. */
const SPY = `
  import { writeFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({
    load: (url, context, next) => {
      const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
      if (name) seen.add(name);
      return next(url, context);
    },
  });
  process.on("exit", () => writeFileSync(process.env.LOADED, [...seen].join()));
`;

async function loadedBy(fleet: SampleFleet, args: readonly string[]) {
  const [spy, file] = [join(fleet.folder, "spy.mjs"), join(fleet.folder, "loaded")];
  writeFileSync(spy, SPY);
  const env = { NODE_OPTIONS: `--import=${spy}`, LOADED: file };
  const ran = await fleet.forgeWith(env, ...args);
  return { ...ran, packages: readFileSync(file, "utf8").split(",") };
}

/** Commands that ask systemd or an API, and nothing else. */
const ASKING: readonly (readonly string[])[] = [
  ["ps"],
  ["prompts"],
  ["prompts", "ada", "--json"],
  ["interrupt", "ada", "bob"],
  ["send", "ada", "hello"],
  ["completion", "--agents"],
];

test("commands that only ask load neither zod nor fastify", async () => {
  await using fleet = await sampleFleet();
  for (const args of ASKING) {
    const { status, stderr, packages } = await loadedBy(fleet, args);
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    assert.ok(packages.includes("commander"));
    for (const heavy of ["zod", "fastify", "execa"])
      assert.equal(packages.includes(heavy), false, `forge ${args.join(" ")} loads ${heavy}`);
  }
  await fleet.stopApi();
  for (const args of [["watch"], ["stop", "ada"], ["logs", "ada"], ["start", "ada"]]) {
    const { packages } = await loadedBy(fleet, args);
    for (const heavy of ["zod", "fastify"])
      assert.equal(packages.includes(heavy), false, `forge ${args.join(" ")} loads ${heavy}`);
  }
  const { packages } = await loadedBy(fleet, ["plan", "--help"]);
  assert.ok(packages.includes("zod"), "the spy sees it");
});
