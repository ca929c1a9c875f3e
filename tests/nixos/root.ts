import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** What Nix needs to make our own files: a compiler for the terminal holder, and what nixpkgs' builders run. */
const PACKAGES = [
  ...["nix-bin", "ca-certificates", "curl", "git", "jq", "tmux", "systemd", "procps", "bubblewrap"],
  ...["gcc", "libc6-dev", "make", "patchelf", "perl", "xutils-dev", "xz-utils"],
];

const NIX_CONF = `sandbox = false
build-users-group =
substituters =
experimental-features = nix-command flakes
`;

/** A Debian 13 root with Nix, made once. Undefined where that cannot be done: not root, or no debootstrap. */
export async function ensureRoot(root: string): Promise<string | undefined> {
  if (existsSync(root)) return root;
  if (process.getuid?.() !== 0 || !(await hasDebootstrap())) return undefined;
  const staging = `${root}.tmp`;
  await rm(staging, { recursive: true, force: true });
  process.stderr.write(`test:nixos: making ${root}; once, about a minute\n`);
  await execa("debootstrap", ["--variant=minbase", "trixie", staging]);
  await copyFile("/etc/resolv.conf", join(staging, "etc/resolv.conf"));
  await execa(
    "chroot",
    [staging, "apt-get", "install", "-qy", "--no-install-recommends", ...PACKAGES],
    {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    },
  );
  await mkdir(join(staging, "etc/nix"), { recursive: true });
  await writeFile(join(staging, "etc/nix/nix.conf"), NIX_CONF);
  await rename(staging, root);
  return root;
}

async function hasDebootstrap(): Promise<boolean> {
  if ((await execa("which", ["debootstrap"], { reject: false })).exitCode === 0) return true;
  return (
    (await execa("apt-get", ["install", "-qy", "debootstrap"], { reject: false })).exitCode === 0
  );
}
