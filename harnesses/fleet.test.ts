import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFleet } from "./fleet.ts";
import { pi } from "./pi/harness.ts";

const agent = { model: "m", role: "r" };
const mirror = { ...pi, name: "mirror" };

test("an agent may run in a harness that the fleet brings", () => {
  const agents = { a: { ...agent, harness: "mirror", mirror: { tools: ["read"] } } };
  const [declared] = parseFleet({ agents, harnesses: [mirror] }).agents;
  assert.equal(declared?.harness, mirror);
  assert.deepEqual(declared.options["tools"], ["read"]);
  assert.throws(() => parseFleet({ agents }), { code: "AGENT_INVALID" });
});

test("what is no harness is refused, and so is a name that is taken", () => {
  const refused = (harnesses: unknown, message: RegExp) =>
    assert.throws(() => parseFleet({ agents: {}, harnesses }), { code: "FLEET_INVALID", message });
  refused({ mirror }, /^fleet\.harnesses: expected an array of harnesses$/);
  refused([mirror, { name: "other" }], /^fleet\.harnesses: expected an array of harnesses$/);
  refused([pi], /^fleet\.harnesses: the name pi is taken$/);
  refused([mirror, mirror], /^fleet\.harnesses: the name mirror is taken$/);
});
