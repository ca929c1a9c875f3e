import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { planWith } from "../../tests/subject.ts";
import { claudeCode } from "./harness.ts";

const Hooks = z.object({
  StopFailure: z.array(
    z.object({ matcher: z.string(), hooks: z.array(z.object({ command: z.string() })) }),
  ),
});

/** As Claude Code reads a matcher: a list of names if it may be one, else a regular expression. */
const fits = (matcher: string, name: string): boolean =>
  /^[a-zA-Z0-9_|]+$/.test(matcher)
    ? matcher.split("|").includes(name)
    : new RegExp(matcher).test(name);

test("a turn that fails ends in exactly one state, whatever the name of the error", () => {
  const file = planWith(claudeCode, {}).files["config/settings.json"];
  assert.ok(file && "json" in file);
  const { StopFailure } = Hooks.parse(Object(file.json).hooks);
  const statesOf = (name: string) =>
    StopFailure.filter(({ matcher }) => fits(matcher, name)).map(
      ({ hooks }) => hooks[0]?.command.split(" ")[1],
    );
  assert.deepEqual(statesOf("rate_limit"), ["rate-limited"]);
  assert.deepEqual(statesOf("authentication_failed"), ["waiting-login"]);
  const others = ["model_not_found", "not_found_error", "overloaded", "unknown", "billing_error"];
  for (const name of [...others, "", "rate_limit_2", "rate", "a-name of 2027"])
    assert.deepEqual(statesOf(name), ["ready"], name);
});
