import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** What Nix needs to make our own files: a compiler for the terminal holder, and what nixpkgs' builders run. */
const PACKAGES = [
  ...["adduser", "dbus", "iproute2", "libpam-systemd", "systemd-sysv"], // what a machine has that boots
  ...["nix-bin", "ca-certificates", "curl", "git", "jq", "sqlite3"],
  ...["tmux", "systemd", "procps", "bubblewrap", "python3-minimal"],
  ...["gcc", "libc6-dev", "make", "patchelf", "perl", "xutils-dev", "xz-utils"],
];

const NIX_CONF = `sandbox = false
build-users-group =
substituters =
experimental-features = nix-command flakes
`;

/** The packages that a root was made with: one of an earlier checkout may lack some. */
const listIn = (root: string): string => join(root, "etc/forge-packages");
const LIST = PACKAGES.join("\n");

/** A Debian 13 root with Nix, made once. Undefined where that cannot be done: not root, or no debootstrap. */
export async function ensureRoot(root: string): Promise<string | undefined> {
  if (existsSync(root)) {
    if (!(await isComplete(root))) await install(root);
    return root;
  }
  if (process.getuid?.() !== 0 || !(await hasDebootstrap())) return undefined;
  process.stderr.write(`making ${root}, a Debian with Nix; once, about a minute\n`);
  await mkdir(dirname(root), { recursive: true });
  const staging = await mkdtemp(`${root}.tmp-`);
  try {
    await fill(staging);
    await rename(staging, root).catch((error: unknown) => {
      if (!existsSync(root)) throw error; // another run was faster
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return root;
}

const isComplete = async (root: string): Promise<boolean> =>
  existsSync(listIn(root)) && (await readFile(listIn(root), "utf8")) === LIST;

async function install(root: string): Promise<void> {
  const apt = (...args: readonly string[]) =>
    execa("chroot", [root, "apt-get", ...args], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  await apt("update", "-q");
  await apt("install", "-qy", "--no-install-recommends", ...PACKAGES);
  await writeFile(listIn(root), LIST);
}

async function fill(staging: string): Promise<void> {
  await execa("debootstrap", ["--variant=minbase", "trixie", staging]);
  await copyFile("/etc/resolv.conf", join(staging, "etc/resolv.conf"));
  await install(staging);
  await mkdir(join(staging, "etc/nix"), { recursive: true });
  await writeFile(join(staging, "etc/nix/nix.conf"), NIX_CONF);
}

async function hasDebootstrap(): Promise<boolean> {
  if ((await execa("which", ["debootstrap"], { reject: false })).exitCode === 0) return true;
  return (
    (await execa("apt-get", ["install", "-qy", "debootstrap"], { reject: false })).exitCode === 0
  );
}
