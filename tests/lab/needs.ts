import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { trixie } from "../nixos/find.ts";
import { ensureRoot } from "../nixos/root.ts";

/** Programs, with the Debian package that brings each. */
const PROGRAMS = {
  "systemd-nspawn": "systemd-container",
  debootstrap: "debootstrap",
  ...(process.arch === "x64" && { "qemu-system-x86_64": "qemu-system-x86" }),
};

/** The Debian that a machine boots, or what keeps this machine from booting another one. */
export async function rootToBoot(): Promise<
  { readonly root: string } | { readonly needs: string }
> {
  if (process.getuid?.() !== 0) return { needs: "root" };
  const absent = await absentPrograms();
  if (absent.length > 0) return { needs: absent.join(" and ") };
  const root = await ensureRoot(trixie);
  if (root === undefined) return { needs: "debootstrap" };
  const needs = await refusal(root);
  return needs === undefined ? { root } : { needs };
}

/** After an attempt to install them. */
async function absentPrograms(): Promise<readonly string[]> {
  const absent = Object.entries(PROGRAMS).filter(([program]) => !onPath(program));
  if (absent.length > 0 && onPath("apt-get")) {
    const options = { reject: false, env: { DEBIAN_FRONTEND: "noninteractive" } };
    const packages = absent.map(([, name]) => name);
    await execa("apt-get", ["update", "-q"], options);
    await execa("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], options);
  }
  return absent.map(([program]) => program).filter((program) => !onPath(program));
}

/** What a machine is made with, each tried by itself: a container or a chroot may refuse it, even to root. */
const TRIES: { readonly [right: string]: (root: string) => readonly string[] } = {
  "the right to mount and to make namespaces": () =>
    "unshare --mount --pid --fork mount -t tmpfs lab /mnt".split(" "),
  "user namespaces, for the sandbox of units": () => ["unshare", "--user", "true"],
  "systemd-nspawn to work": (root) => [
    ...["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe", "--read-only"],
    ...["--private-network", "--machine=forge-lab-try", `--directory=${root}`, "/bin/true"],
  ],
};

/** The first that this machine refuses, with the words of the program that tried; undefined if none. */
export async function refusal(root: string): Promise<string | undefined> {
  for (const [right, words] of Object.entries(TRIES)) {
    const [program = "", ...args] = words(root);
    const tried = await execa(program, args, { reject: false, stdin: "ignore" });
    if (tried.failed) return `${right} (${tried.stderr.trim().split("\n").at(-1)})`;
  }
  return undefined;
}

const onPath = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
