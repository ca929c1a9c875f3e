import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cache, find } from "../nixos/find.ts";
import { labHost, openLab, prepare } from "../nixos/lab.ts";
import { disposeOf, renderHost } from "./rendered.ts";

export interface HostTree extends AsyncDisposable {
  /** Files to lay over a Debian. */
  readonly tree: string;
  /** The folder that the machine has as /nix, if the files are Nix's. */
  readonly nix: string | undefined;
  /** Where the units come from, for people. */
  readonly from: string;
}

/** A store path as this machine sees it, where Nix may run in a root of its own. */
export const onHost = (path: string): string =>
  existsSync(path) ? path : path.replace(/^\/nix/, join(cache, "nix"));

/** The files of the host under test: made by the NixOS module where nixpkgs is at hand. */
export async function hostTree(): Promise<HostTree> {
  const found = await find();
  if ("needs" in found) {
    const tree = await renderHost();
    const from = `tests/golden/lab-host, as there are no ${found.needs}`;
    return { tree, nix: undefined, from, [Symbol.asyncDispose]: () => disposeOf(tree) };
  }
  const setup = await prepare(found);
  try {
    const tree = onHost(await openLab(setup).build(labHost(setup.tree)));
    const nix = tree.replace(/\/store\/.*/, "");
    return {
      tree,
      nix,
      from: "the NixOS module",
      [Symbol.asyncDispose]: async () => {},
    };
  } finally {
    await rm(setup.tree, { recursive: true });
  }
}
