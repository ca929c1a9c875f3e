import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import { type Look, shows, stateSeen } from "../runtime/terminal/engine/signs.ts";
import { SCREENS } from "./harnesses/screens/expected.ts";
import { stateInBash } from "./terminal-bash.ts";

const folder = new URL("harnesses/screens/", import.meta.url);

function captured(harness: string, what: string): Look {
  const text = readFileSync(new URL(`${harness}/${what}.txt`, folder), "utf8");
  const [title = "", ...lines] = text.trimEnd().split("\n");
  return { title, screen: lines.join("\n") };
}

const withoutFrame = (line: string): string => line.replace(/^[\s│┃]+|[\s│┃]+$/g, "");

for (const { name, terminal, composer } of HARNESSES) {
  const expected = SCREENS[name];
  if (!expected) continue; // a new one has none yet

  test(`${name}: every captured screen has its meaning`, () => {
    const files = readdirSync(new URL(`${name}/`, folder)).map((file) => file.replace(".txt", ""));
    assert.deepEqual(files.toSorted(), Object.keys(expected).toSorted());
    const states = Object.values(expected).map((meaning) => meaning?.[0]);
    for (const state of ["ready", "waiting-login", "waiting-permission", undefined] as const)
      assert.ok(states.includes(state), `no screen is ${state ?? "a turn"}`);
  });

  for (const [what, meaning] of Object.entries(expected)) {
    test(`${name}: ${what} is ${meaning?.join(": ") ?? "nothing known"}, here and beside a unit`, () => {
      const look = captured(name, what);
      const seen = stateSeen(look, terminal, true);
      assert.deepEqual(
        seen && { ...seen, text: withoutFrame(seen.text) },
        meaning ? { state: meaning[0], text: meaning[1] ?? "" } : undefined,
      );
      assert.deepEqual(stateInBash(look, terminal), seen);
      const takesPrompt = seen?.state === "ready" && composer !== null && shows(look, composer);
      assert.equal(takesPrompt, meaning?.[0] === "ready", "an empty composer");
    });
  }
}
