import assert from "node:assert/strict";
import { test } from "node:test";
import { SHIPPED } from "../fleet.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();

/** Highest exposure that `systemd-analyze security` may find. */
const HIGHEST: { readonly [unit: string]: number } = {
  ...Object.fromEntries([...SHIPPED.keys()].map((name) => [`forge-agent-${name}.service`, 1.3])),
  "forge-agent-calm.service": 1.3,
  "forge-agent-quiet.service": 1.3,
  "forge-agent-real.service": 1.3,
  "forge-agent-subject.service": 1.3,
  "forge-terminals.service": 1.0,
  "forge-journal.service": 1.0,
  "forge-disk.service": 1.5, // as root, for what lies below people's homes
  "forge-gave-up@calm.service": 1.0,
  "forge-view@calm.service": 1.0,
  "forge-take@calm.service": 1.0,
};

for (const [unit, highest] of Object.entries(HIGHEST)) {
  test(`${unit} is exposed by ${highest} at most`, async () => {
    const { stdout } = await machine.run("systemd-analyze", ["security", "--no-pager", unit]);
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
    assert.ok(exposure !== undefined && Number(exposure) <= highest, stdout);
  });
}
