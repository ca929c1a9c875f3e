import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import { parseFleet } from "../../../harnesses/fleet.ts";
import { HARNESSES } from "../../../harnesses/registry.ts";
import { planFor } from "../../../plan/plan.ts";
import { canonical, type Json } from "../../../schema/json.ts";
import { Place } from "../../../schema/recipe/harness.ts";
import { openLab } from "../lab.ts";

const lab = openLab();

for (const { name: harness } of HARNESSES) {
  test(`${harness}: the real modules give the interpreter's plan`, async () => {
    const file = `${lab.tree}/tests/golden/${harness}/fleet.json`;
    const { plans, places } = z
      .object({ plans: z.record(z.string(), z.json()), places: z.record(z.string(), Place) })
      .parse(
        await lab.evaluate(`{ inherit (tests.system [ (tests.fleet ${file}) ]) plans places; }`),
      );
    const fleet = parseFleet(JSON.parse(readFileSync(file, "utf8")));
    assert.deepEqual(Object.keys(plans), fleet.agents.map(({ name }) => name).toSorted());
    for (const declared of fleet.agents) {
      const fromNix: Json = plans[declared.name] ?? null;
      const place = places[declared.name];
      assert.equal(place?.home, `/var/lib/forge/${declared.name}`);
      assert.equal(canonical(fromNix), canonical(planFor({ declared, fleet, place })));
    }
  });
}
