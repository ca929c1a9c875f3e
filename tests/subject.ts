import { parseFleet } from "../harnesses/fleet.ts";
import { planFor } from "../plan/plan.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Plan } from "../schema/plan.ts";
import type { Harness, Place } from "../schema/recipe/harness.ts";

/** Where the agent `a` of a test lives. */
export const placeOf = (harness: Harness, more: Partial<Place> = {}): Place => ({
  name: "a",
  home: "/state/a",
  workdir: "/state/a/workspace",
  bin: `/bin/${harness.package.bin}`,
  path: "/bin",
  shell: "/bin/sh",
  package: { name: harness.package.nixpkgs, version: "1" },
  signal: "/bin/forge-signal",
  assets: "/assets",
  adapter: null,
  confined: false,
  person: null,
  ...more,
});

type Fields = { readonly [field: string]: unknown };

/** The plan of one agent with these fields. */
export function planWith(harness: Harness, fields: Fields, around: Fields = {}): Plan {
  const agent = { harness: harness.name, model: "m", role: "r", ...fields };
  const fleet = parseFleet({ ...around, agents: { a: agent } });
  const [declared] = fleet.agents;
  if (!declared) throw new RangeError("no agent");
  return planFor({ declared, fleet, place: placeOf(harness) });
}

/** What a person reads when the agent is refused; nothing if it is not. */
export function refusalOf(...of: Parameters<typeof planWith>): string {
  try {
    planWith(...of);
    return "";
  } catch (error) {
    if (error instanceof ForgeError) return error.report();
    throw error;
  }
}
