import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { ensureRoot } from "./root.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const cache = join(homedir(), ".cache", "forge");
/** A Debian that Nix runs in, and that the machines of tests/lab boot. */
export const trixie = join(cache, "root-trixie");

/** Inputs of the flake, by the name that `--override-input` takes: variable and cached folder of a checkout, repository. */
const CHECKOUTS = {
  nixpkgs: ["FORGE_NIXPKGS", "nixpkgs", "NixOS/nixpkgs"],
  "sops-nix": ["FORGE_SOPS_NIX", "sops-nix", "Mic92/sops-nix"],
  "deploy-rs": ["FORGE_DEPLOY_RS", "deploy-rs", "serokell/deploy-rs"],
  "deploy-rs/utils": ["FORGE_FLAKE_UTILS", "flake-utils", "numtide/flake-utils"],
  "deploy-rs/utils/systems": ["FORGE_SYSTEMS", "systems", "nix-systems/default"],
} as const;

export interface Found {
  /** What a command such as `nix` is put behind, to run where Nix is. */
  readonly shell: readonly string[];
  /** Checkout of each input. */
  readonly checkouts: { readonly [input: string]: string };
}

/**
 * A Nix of 2.18 or later and every checkout, or what is missing. FORGE_NIX is a command that runs programs
 * where Nix is: with FORGE_NIX="in-vm --quiet", `in-vm --quiet nix …` is called.
 */
export async function find(): Promise<Found | { readonly needs: string }> {
  const inputs = Object.entries(CHECKOUTS).map(([input, [variable, folder, at]]) => {
    const path = process.env[variable] ?? join(cache, folder);
    const how = `git clone --depth 1 https://github.com/${at} ~/.cache/forge/${folder}`;
    return { input, path, how: `${how}, or set ${variable}` };
  });
  const missing = inputs.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) {
    const list = missing.map(({ input, how }) => `${input} (${how})`).join(", ");
    return { needs: `checkouts of ${list}` };
  }
  const shell = await findNix();
  if (!shell) return { needs: "Nix 2.18 (FORGE_NIX, nix on the PATH, or root and debootstrap)" };
  return { shell, checkouts: Object.fromEntries(inputs.map(({ input, path }) => [input, path])) };
}

async function findNix(): Promise<readonly string[] | undefined> {
  const given = process.env["FORGE_NIX"];
  if (given !== undefined) return given.split(" ").filter(Boolean);
  if (await isNewEnough([])) return [];
  const root = await ensureRoot(trixie);
  const inRoot = root && [join(repository, "tests/nixos/in-root"), root, repository];
  return inRoot && (await isNewEnough(inRoot)) ? inRoot : undefined;
}

async function isNewEnough(shell: readonly string[]): Promise<boolean> {
  const [program = "", ...args] = [...shell, "nix", "--version"];
  const { stdout } = await execa(program, args, { reject: false });
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout ?? "") ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 18);
}
