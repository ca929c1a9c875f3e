import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseFleet } from "../harnesses/fleet.ts";
import { HARNESSES } from "../harnesses/registry.ts";
import { planFor } from "../plan/plan.ts";
import type { Harness, Place } from "../schema/recipe/harness.ts";
import { expectGolden } from "./golden.ts";

const golden = (harness: Harness): string =>
  fileURLToPath(new URL(`golden/${harness.name}/`, import.meta.url));

const placeOf = (harness: Harness, name: string, workspace: string | null): Place => ({
  name,
  home: `/var/lib/forge/${name}`,
  workdir: workspace ?? `/var/lib/forge/${name}/workspace`,
  bin: `/nix/store/00000000000000000000000000000000-${harness.name}/bin/${harness.package.bin}`,
  path: "/nix/store/00000000000000000000000000000000-tools/bin",
  shell: "/nix/store/00000000000000000000000000000000-bash/bin/bash",
  package: { name: harness.package.nixpkgs, version: "1.2.3" },
  signal: "/nix/store/00000000000000000000000000000000-forge-signal",
  confined: true,
  person: null,
  assets: "/nix/store/00000000000000000000000000000000-assets",
  adapter:
    harness.adapter &&
    `/nix/store/00000000000000000000000000000000-${harness.adapter.nixpkgs}/bin/${harness.adapter.bin}`,
});

for (const harness of HARNESSES) {
  test(`${harness.name}: the representative agent has its golden plan`, () => {
    const path = `${golden(harness)}fleet.json`;
    assert.ok(existsSync(path), `declare a representative agent of ${harness.name} in ${path}`);
    const fleet = parseFleet(JSON.parse(readFileSync(path, "utf8")));
    const [declared, ...others] = fleet.agents;
    assert.ok(declared && others.length === 0, "a golden fleet has one agent");
    assert.equal(declared.harness, harness);
    const place = placeOf(harness, declared.name, declared.agent.workspace);
    const plan = planFor({ declared, fleet, place });
    expectGolden(`${harness.name}/plan.json`, `${JSON.stringify(plan, null, 2)}\n`);
  });
}
