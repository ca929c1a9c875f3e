import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import { planFor } from "../../../generator/plan.ts";
import { parseFleet } from "../../../harnesses/fleet.ts";
import { HARNESSES } from "../../../harnesses/registry.ts";
import { canonical, type Json } from "../../../schema/json.ts";
import { Plan } from "../../../schema/plan.ts";
import { openLab } from "../lab.ts";

const lab = openLab();

/** The place that an agent has on NixOS, as its plan tells. */
const placeOf = ({ agent, home, workdir, argv, env, package: program }: Plan) => ({
  ...{ name: agent, home, workdir, bin: argv[0], package: program },
  path: env["PATH"] ?? "",
  shell: env["SHELL"] ?? "",
});

for (const { name: harness } of HARNESSES) {
  test(`${harness}: the real modules give the interpreter's plan`, async () => {
    const file = `${lab.tree}/tests/golden/${harness}/fleet.json`;
    const plans = z
      .record(z.string(), z.json())
      .parse(await lab.evaluate(`(tests.system [ (tests.fleet ${file}) ]).plans`));
    const fleet = parseFleet(JSON.parse(readFileSync(file, "utf8")));
    assert.deepEqual(Object.keys(plans), fleet.agents.map(({ name }) => name).toSorted());
    for (const declared of fleet.agents) {
      const fromNix: Json = plans[declared.name] ?? null;
      const place = placeOf(Plan.parse(fromNix));
      assert.equal(place.home, `/var/lib/forge/${declared.name}`);
      assert.equal(canonical(fromNix), canonical(planFor({ declared, fleet, place })));
    }
  });
}
