import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";

/** Programs, with the Debian package that brings each. */
const PROGRAMS = {
  "systemd-nspawn": "systemd-container",
  debootstrap: "debootstrap",
  ...(process.arch === "x64" && { "qemu-system-x86_64": "qemu-system-x86" }),
};

/** What keeps this machine from booting another one, after an attempt to install it; undefined if nothing. */
export async function missing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "root";
  const absent = Object.entries(PROGRAMS).filter(([program]) => !onPath(program));
  if (absent.length > 0 && onPath("apt-get")) {
    const options = { reject: false, env: { DEBIAN_FRONTEND: "noninteractive" } };
    const packages = absent.map(([, name]) => name);
    await execa("apt-get", ["update", "-q"], options);
    await execa("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], options);
  }
  const still = absent.map(([program]) => program).filter((program) => !onPath(program));
  if (still.length > 0) return still.join(" and ");
  const { exitCode } = await execa(
    "unshare",
    ["--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "lab", "/mnt"],
    {
      reject: false,
    },
  );
  return exitCode === 0 ? undefined : "the right to mount and to make namespaces";
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
