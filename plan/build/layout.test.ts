import assert from "node:assert/strict";
import { test } from "node:test";
import { samplePlan } from "../../tests/launcher-lab.ts";
import { layoutOf } from "./layout.ts";

const tail = (of: unknown) => ({ seed: { "a.json": { list: [{ $credentialTail: of }] } } });
const credentials = { KEY: { source: "/x", delivery: "file" } };

const REFUSED: readonly (readonly [
  fields: { readonly [field: string]: unknown },
  message: RegExp,
])[] = [
  [{ home: "/state/" }, /home: expected no \., \.\. or needless \//],
  [{ workdir: "/state/../x" }, /workdir: expected no/],
  [{ workdir: "/state/.forge/x" }, /workdir: \.forge is the launcher's own/],
  [
    { files: { work: { text: "" } }, workdir: "/state/work/deep" },
    /work is declared twice, or is also/,
  ],
  [
    { files: { "c.toml": { toml: { table: { list: [1, [null]] } } } } },
    /files\.c\.toml\.table\.list\.1\.0: a list in TOML cannot hold null/,
  ],
  [{ argv: ["/a=b/bin"] }, /argv\.0: expected no =/],
  [{ credentials: { _x: credentials.KEY } }, /credentials\._x: no secret can have this name/],
  [{ credentials, env: { KEY: "" } }, /credentials\.KEY: env has the same name/],
  [tail("KEY"), /seed\.a\.json\.list\.0: expected \{ \$credentialTail/],
  [tail({ name: "KEY", length: 0 }), /expected \{ \$credentialTail/],
  [tail({ name: "KEY", length: 4 }), /no secret with delivery "env" is named KEY/],
  [{ ...tail({ name: "KEY", length: 4 }), credentials }, /no secret with delivery "env"/],
];
for (const [fields, message] of REFUSED) {
  test(`refused: ${message.source}`, () => {
    const plan = samplePlan("/state", fields);
    assert.throws(() => layoutOf(plan), { code: "PLAN_INVALID", message });
  });
}

test("directories come before what is in them, and the working directory is one", () => {
  const plan = samplePlan("/state", { files: { "a/b/c": { text: "" } }, seed: { "z.json": {} } });
  assert.deepEqual(layoutOf(plan), {
    files: ["a/b/c"],
    seeds: ["z.json"],
    directories: ["a", "a/b", "workspace"],
  });
});
