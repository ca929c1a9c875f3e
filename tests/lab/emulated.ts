import { existsSync, globSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cache, repository, trixie } from "../nixos/find.ts";
import { disposeOf, renderHost } from "./rendered.ts";

const kernel = join(cache, "kernel-trixie");

/** Debian's kernel for virtual machines: it has drivers for the disk and its files built in. */
async function ensureKernel(): Promise<void> {
  if (existsSync(kernel)) return;
  const work = await mkdtemp("/tmp/forge-kernel-");
  try {
    const fetch = `cd ${work}; apt-get update -qq
      apt-get download -q $(apt-cache depends linux-image-cloud-amd64 | grep -o "linux-image-[0-9].*")
      dpkg-deb --extract *.deb .`;
    const command = [trixie, repository, "bash", "-euc", fetch];
    await execa(join(repository, "tests/nixos/in-root"), command);
    const [image = "none"] = globSync("boot/vmlinuz-*", { cwd: work });
    await copyFile(join(work, image), `${kernel}.tmp`);
    await rename(`${kernel}.tmp`, kernel);
  } finally {
    await rm(work, { recursive: true });
  }
}

/** The host under test without what needs a network or Node, and with a script that runs once it is up. */
async function emulatedHost(script: string): Promise<string> {
  const tree = await renderHost();
  const units = join(tree, "etc/systemd/system");
  const wants = join(units, "multi-user.target.wants");
  for (const unit of ["forge-agent-real", "lab-model", "lab-worktrees"])
    await rm(join(wants, `${unit}.service`));
  // An emulated processor has enough to do without a Node of ours.
  await rm(join(wants, "forged.service"));
  for (const socket of ["forged", "forged-read"])
    await rm(join(units, "sockets.target.wants", `${socket}.socket`));
  await cp(script, join(tree, "opt/lab-script"));
  const service = `[Unit]
After=multi-user.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/bin/bash -c 'exec /opt/lab-script >/dev/ttyS0 2>&1'
TimeoutStartSec=600
`;
  await writeFile(join(units, "lab-script.service"), service);
  await mkdir(join(units, "graphical.target.wants"), { recursive: true });
  await symlink("../lab-script.service", join(units, "graphical.target.wants/lab-script.service"));
  return tree;
}

/** The console of an emulated machine with the lab's fleet, where a script runs. It takes about a minute. */
export async function runEmulated(script: string): Promise<string> {
  await ensureKernel();
  const tree = await emulatedHost(script);
  const work = await mkdtemp("/tmp/forge-lab-");
  try {
    const emulate = [join(repository, "tests/lab/emulate"), kernel];
    const { stdout } = await execa(
      join(repository, "tests/lab/in-machine"),
      [work, trixie, tree, "", ...emulate],
      {
        env: { FORGE_NIX_STORE: "", FORGE_REPOSITORY: repository },
        reject: false,
        timeout: 1_200_000,
        killSignal: "SIGKILL",
      },
    );
    return stdout;
  } finally {
    await rm(work, { recursive: true });
    await disposeOf(tree);
  }
}
