import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFleet } from "../harnesses/fleet.ts";
import { ForgeError } from "./errors.ts";

const PASTED = "sk-ant-api03-DoNotPrintMe_0123456789";

const refusalOf = (fields: object): string => {
  try {
    parseFleet({ agents: { a: { harness: "pi", model: "m", role: "r", ...fields } } });
  } catch (error) {
    if (error instanceof ForgeError) return error.report();
    throw error;
  }
  return "";
};

/** Places where somebody may paste a key. */
const PLACES: { readonly [what: string]: object } = {
  "as the secret": { secrets: { ANTHROPIC_API_KEY: PASTED } },
  "as its file": { secrets: { ANTHROPIC_API_KEY: { file: PASTED } } },
  "as its delivery": { secrets: { KEY: { file: "/key", delivery: PASTED } } },
  "as an unknown field of it": { secrets: { KEY: { value: PASTED } } },
  "instead of all secrets": { secrets: PASTED },
  "in a list of secrets": { secrets: [PASTED] },
  "as the name of a secret": { secrets: { [PASTED]: { file: "/key" } } },
  "as a list in environment": { environment: { ANTHROPIC_API_KEY: [PASTED] } },
  "in an unknown list": { skills: [{ key: PASTED }] },
  "as a harness": { harness: PASTED },
  "as a limit": { resources: { tasksMax: PASTED } },
};

for (const [what, fields] of Object.entries(PLACES)) {
  test(`a key is not printed: ${what}`, () => {
    const refusal = refusalOf(fields);
    assert.match(refusal, /^\w+: .*agents\.a/);
    assert.ok(!refusal.includes("DoNotPrintMe"), refusal);
  });
}

test("the refusal shows how a secret is declared", () => {
  assert.match(
    refusalOf({ secrets: { KEY: PASTED } }),
    /secrets\.KEY: .*\{ file: "\/path\/of\/the\/key" \}/,
  );
});

test("other values are shown as they are", () => {
  assert.match(refusalOf({ secrets: { KEY: { file: "/nix/store/x" } } }), /got "\/nix\/store\/x"/);
  assert.match(refusalOf({ workspace: "here" }), /agents\.a\.workspace: .*, got "here"/);
  assert.match(refusalOf({ skills: ["Review"] }), /got "Review"/);
  assert.match(refusalOf({ harness: "py" }), /got "py" \(did you mean "pi"\?\)/);
});
