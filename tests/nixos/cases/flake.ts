import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { test } from "node:test";
import { repository } from "../find.ts";
import { openLab } from "../lab.ts";

const lab = openLab();
const flake = (attribute: string): string => `path:${lab.tree}#${attribute}`;
const hosts = globSync("deployments/*/configuration.nix", { cwd: repository }).map((file) =>
  basename(dirname(file)),
);

test("nix flake show lists every output", async () => {
  const shown = JSON.parse(await lab.flake(["flake", "show", "--json", `path:${lab.tree}`]));
  for (const output of [
    "checks",
    "devShells",
    "formatter",
    "nixosModules",
    "packages",
    "templates",
  ])
    assert.ok(shown[output], output);
  assert.deepEqual(Object.keys(shown.nixosConfigurations), hosts.toSorted());
});

test("nix flake check evaluates every output", async () => {
  await lab.flake(["flake", "check", "--no-build", `path:${lab.tree}`]);
});

for (const host of hosts) {
  test(`${host} evaluates to a whole system`, async () => {
    const attribute = `nixosConfigurations.${host}.config.system.build.toplevel.drvPath`;
    assert.match(await lab.flake(["eval", "--raw", flake(attribute)]), /^\/nix\/store\/.*\.drv$/);
  });

  test(`${host} can be deployed from every system, and goes back by itself`, async () => {
    for (const system of ["aarch64-linux", "x86_64-linux"]) {
      const name = await lab.flake([
        "eval",
        "--raw",
        flake(`legacyPackages.${system}.deploy.${host}.name`),
      ]);
      assert.equal(name, `deploy-${host}`);
    }
    const node = await lab.flake(["eval", "--json", flake(`deploy.nodes.${host}`)]);
    const { hostname, autoRollback, magicRollback } = JSON.parse(node);
    assert.deepEqual(
      { hostname, autoRollback, magicRollback },
      { hostname: host, autoRollback: true, magicRollback: true },
    );
  });

  test(`${host}: every agent can be run and shown from the flake`, async () => {
    const names = `nixosConfigurations.${host}.config.services.forge.instances`;
    const agents = JSON.parse(
      await lab.flake(["eval", "--json", flake(names), "--apply", "builtins.attrNames"]),
    );
    assert.ok(agents.length > 0);
    for (const agent of agents) {
      const recipe = await lab.flake([
        "eval",
        "--raw",
        flake(`legacyPackages.x86_64-linux.agent.${agent}.recipe`),
      ]);
      assert.match(
        recipe,
        new RegExp(`^exec env -i [^]*^  'FORGE_AGENT=${agent}' [^]*^  /nix/store/\\S+/bin/`, "m"),
      );
    }
  });
}
