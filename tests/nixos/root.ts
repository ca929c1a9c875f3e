import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** What Nix needs to make our own files: a compiler for the terminal holder, and what nixpkgs' builders run. */
const PACKAGES = [
  ...["adduser", "dbus", "iproute2", "libpam-systemd", "systemd-sysv"], // what a machine has that boots
  ...["nix-bin", "ca-certificates", "curl", "git", "jq", "sqlite3"],
  ...["tmux", "systemd", "procps", "bubblewrap"],
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
  process.stderr.write(`making ${root}, a Debian with Nix; once, about a minute\n`);
  await mkdir(dirname(root), { recursive: true });
  const staging = await mkdtemp(`${root}.tmp-`);
  try {
    await fill(staging);
    await rename(staging, root);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return root;
}

async function fill(staging: string): Promise<void> {
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
}

async function hasDebootstrap(): Promise<boolean> {
  if ((await execa("which", ["debootstrap"], { reject: false })).exitCode === 0) return true;
  return (
    (await execa("apt-get", ["install", "-qy", "debootstrap"], { reject: false })).exitCode === 0
  );
}
