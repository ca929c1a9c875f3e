import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab } from "../lab.ts";

const lab = openLab();

test("the forge program builds from the bundle that npm's package has, and runs", async () => {
  const program = await lab.build(`tests.pkgs.callPackage ${lab.tree}/nix/package.nix { }`);
  for (const args of [["--version"], ["up", "--help"], ["ps"]]) {
    const { ok, stderr } = await lab.run(`${program}/bin/forge`, args, { HOME: "/nowhere" });
    assert.ok(ok, stderr);
  }
  const places = ["man/man1", "bash-completion/completions", "zsh/site-functions"];
  for (const place of [...places, "fish/vendor_completions.d"]) {
    const { ok, stdout } = await lab.run("ls", [`${program}/share/${place}`]);
    assert.ok(ok && /forge/.test(stdout), place);
  }
});
