import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import { UnitState } from "../../../schema/command-output.ts";
import { stateOf } from "./unit-state.ts";

const Facts = z.strictObject({
  ...{ load: z.string(), active: z.string(), sub: z.string(), result: z.string() },
  ...{ changedAt: z.int(), restarts: z.int(), pid: z.int(), code: z.int(), status: z.int() },
  ...{ memory: z.int().nullable(), tasks: z.int().nullable() },
  ...{ startedAt: z.int(), endedAt: z.int(), leftActiveAt: z.int() },
});

/** What systemd 257 said of units that were really brought into these states. */
const CAPTURED = z
  .array(z.strictObject({ what: z.string(), state: UnitState, facts: Facts }))
  .parse(JSON.parse(readFileSync(new URL("captured/units.json", import.meta.url), "utf8")));

for (const { what, state, facts } of CAPTURED) {
  test(`${what}: ${state}`, () => assert.equal(stateOf(facts), state));
}

const killed = CAPTURED.find(({ what }) => what.startsWith("kill -9"))?.facts;

const VARIANTS: readonly (readonly [changes: Partial<z.output<typeof Facts>>, state: UnitState])[] =
  [
    [{ result: "oom-kill" }, "oom"],
    [{ result: "watchdog" }, "killed"],
    [{ status: 11 }, "crashed"],
    [{ result: "core-dump", code: 3, status: 6 }, "crashed"],
    [{ result: "exit-code", code: 1, status: 143 }, "killed"],
    [{ result: "exit-code", code: 1, status: 1 }, "crashed"],
    [{ result: "exit-code", code: 1, status: 243 }, "failed"],
    [{ result: "resources", code: 0, status: 0 }, "failed"],
    [{ restarts: 5 }, "failed"],
  ];
for (const [changes, state] of VARIANTS) {
  test(`as kill -9, but ${JSON.stringify(changes)}: ${state}`, () => {
    assert.ok(killed);
    assert.equal(stateOf({ ...killed, ...changes }), state);
  });
}
