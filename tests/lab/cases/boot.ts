import assert from "node:assert/strict";
import { test } from "node:test";
import { openMachine } from "../machine.ts";

const machine = openMachine();

test("every enabled agent came up by itself, and nothing else of forge failed", async () => {
  const units = await machine.systemctl("list-units", "--plain", "--no-legend", "forge-*");
  assert.match(units, /forge-agent-calm/);
});
