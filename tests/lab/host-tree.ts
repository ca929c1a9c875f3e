import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cache, find } from "../nixos/find.ts";
import { openLab, prepare } from "../nixos/lab.ts";

export interface HostTree {
  readonly tree: string;
  readonly nix: string | undefined;
  /** Where the units come from, for people. */
  readonly from: string;
}

/** The files of the host under test, made by the NixOS module; or what is missing for that. */
export async function builtTree(): Promise<HostTree | { readonly needs: string }> {
  const found = await find();
  if ("needs" in found) return found;
  const setup = await prepare(found);
  try {
    const path = await openLab(setup).build(`
      (tests.system [
        (tests.fleet ${setup.tree}/tests/lab/fleet.json)
        ${setup.tree}/tests/lab/host.nix
        ${setup.tree}/tests/lab/machine.nix
      ]).config.lab.machine`);
    const nix = ["/nix", join(cache, "nix")].find((store) =>
      existsSync(path.replace("/nix", store)),
    );
    if (nix === undefined) return { needs: `${path} on this machine` };
    return { tree: path.replace("/nix", nix), nix, from: "the NixOS module" };
  } finally {
    await rm(setup.tree, { recursive: true });
  }
}
