import assert from "node:assert/strict";
import { test } from "node:test";
import { HARNESSES } from "../../harnesses/registry.ts";
import { badInput } from "./cases/bad-input.ts";
import { confined, leftBehind } from "./cases/confined.ts";
import { denied } from "./cases/denied.ts";
import { firstStart } from "./cases/first-start.ts";
import { keySources } from "./cases/key-sources.ts";
import { oddPlace } from "./cases/odd-place.ts";
import { secondStart } from "./cases/second-start.ts";
import { factsOf } from "./facts.ts";
import { harnessName, openRig } from "./rig.ts";

test(harnessName, async (t) => {
  const harness = HARNESSES.find(({ name }) => name === harnessName);
  assert.ok(harness);
  await using rig = await openRig(harness);
  const subject = { t, harness, rig, facts: factsOf(harness) };
  for (const part of [
    confined,
    firstStart,
    secondStart,
    keySources,
    oddPlace,
    denied,
    badInput,
    leftBehind,
  ])
    await part(subject);
});
