import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import * as z from "zod";
import { openLab } from "../lab.ts";

const lab = openLab();
const root = await mkdtemp("/tmp/forge-pin-");
after(() => rm(root, { recursive: true }));

/** A nixpkgs that has nothing but pi, in some version. */
async function release(version: string): Promise<void> {
  await mkdir(join(root, "nixpkgs-pi"), { recursive: true });
  const derivation = `{
    type = "derivation"; name = "pi-coding-agent-${version}"; pname = "pi-coding-agent"; version = "${version}";
    system = "x86_64-linux"; builder = "/bin/sh"; outPath = builtins.toFile "pi-coding-agent-${version}" "";
  }`;
  await writeFile(
    join(root, "nixpkgs-pi/flake.nix"),
    `{ outputs = _: { legacyPackages.x86_64-linux.pi-coding-agent = ${derivation}; }; }`,
  );
}

/** As docs/harnesses.md, "Pin one harness", has it. */
const HOST = `{
  inputs.nixpkgs.url = "path:${lab.sources["nixpkgs"]}";
  inputs.forge = { url = "path:${lab.tree}"; flake = false; };
  inputs.nixpkgs-pi.url = "path:${root}/nixpkgs-pi";
  outputs = inputs: {
    nixosConfigurations.box = inputs.nixpkgs.lib.nixosSystem {
      modules = [
        (inputs.forge + "/modules")
        ({ pkgs, ... }: {
          services.forge.harnesses.pi.package =
            inputs.nixpkgs-pi.legacyPackages.\${pkgs.stdenv.hostPlatform.system}.pi-coding-agent;
        })
        {
          nixpkgs.hostPlatform = "x86_64-linux";
          nixpkgs.config.allowUnfree = true;
          system.stateVersion = "26.11";
          services.forge.enable = true;
          services.forge.agents = {
            reviewer = { harness = "claude-code"; model = "m"; role = "You review."; };
            triage = { harness = "pi"; model = "m"; role = "You sort issues."; };
          };
        }
      ];
    };
  };
}`;

const Agents = z.record(z.string(), z.strictObject({ folder: z.string(), version: z.string() }));

async function agents(): Promise<z.output<typeof Agents>> {
  const instances = "nixosConfigurations.box.config.services.forge.instances";
  const read =
    'builtins.mapAttrs (_: i: { folder = "${i.folder}"; inherit (i.plan.package) version; })';
  return Agents.parse(
    JSON.parse(
      await lab.nix([
        "eval",
        "--json",
        "--offline",
        `path:${root}/host#${instances}`,
        "--apply",
        read,
      ]),
    ),
  );
}

test("one harness goes to another version, and back, alone", async () => {
  await release("1.0.0");
  await mkdir(join(root, "host"));
  await writeFile(join(root, "host/flake.nix"), HOST);
  const before = await agents();
  const lock = await readFile(join(root, "host/flake.lock"), "utf8");
  assert.equal(before["triage"]?.version, "1.0.0");

  await release("2.0.0");
  assert.deepEqual(await agents(), before, "the lock file holds it");

  await lab.nix(["flake", "update", "nixpkgs-pi", "--offline", "--flake", `path:${root}/host`]);
  const updated = await agents();
  assert.equal(updated["triage"]?.version, "2.0.0");
  assert.notEqual(updated["triage"].folder, before["triage"].folder);
  assert.deepEqual(updated["reviewer"], before["reviewer"]);

  await writeFile(join(root, "host/flake.lock"), lock); // git checkout flake.lock
  assert.deepEqual(await agents(), before);
});
