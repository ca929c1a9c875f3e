import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { test } from "node:test";
import { openLab } from "../lab.ts";

const lab = openLab();
const { ok: hasSystemd } = await lab.run("systemd-analyze", ["--version"]);
const skip = hasSystemd ? false : "needs systemd-analyze where Nix runs";

/** Exposure as `systemd-analyze security` counts it, times ten: 13 is 1.3. */
const HIGHEST = {
  "forge-agent-reviewer": 13,
  "forge-agent-triage": 13,
  "forge-terminals": 10,
  "forge-journal": 10,
  "forge-disk": 15,
  "forge-gave-up@x": 10,
  "forge-take@x": 10,
  "forge-view@x": 10,
};

test("units are as closed as promised", { skip }, async () => {
  const root = await mkdtemp("/tmp/forge-units-");
  try {
    await mkdir(`${root}/etc/systemd/system`, { recursive: true });
    for (const agent of ["reviewer", "triage"]) {
      const units = await lab.build(`(tests.host "demo-host").units "${agent}"`);
      await lab.run("cp", ["-r", `${units}/.`, `${root}/etc/systemd/system`]);
    }
    for (const [unit, threshold] of Object.entries(HIGHEST)) {
      const { ok, stdout, stderr } = await lab.run("systemd-analyze", [
        ...["security", "--no-pager", "--offline=true", `--root=${root}`],
        ...[`--threshold=${threshold}`, `${unit}.service`],
      ]);
      assert.ok(ok, `${unit} is above ${threshold / 10}\n${stdout}\n${stderr}`);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});
