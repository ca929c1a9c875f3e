import { describe, test } from "node:test";
import { HARNESSES } from "../../harnesses/registry.ts";
import { badInput } from "./cases/bad-input.ts";
import { firstStart } from "./cases/first-start.ts";
import { secondStart } from "./cases/second-start.ts";
import { factsOf } from "./facts.ts";
import { only, openRig } from "./rig.ts";

const chosen = HARNESSES.filter(({ name }) => only.length === 0 || only.includes(name));

describe("the real harnesses", { concurrency: 2 }, () => {
  for (const harness of chosen) {
    test(harness.name, async (t) => {
      await using rig = await openRig(harness);
      const subject = { t, harness, rig, facts: factsOf(harness) };
      for (const part of [firstStart, secondStart, badInput]) {
        if (!process.env["PART"] || process.env["PART"] === part.name) await part(subject);
      }
    });
  }
});
