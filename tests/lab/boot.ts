import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { repository } from "../nixos/find.ts";
import type { HostTree } from "./host-tree.ts";
import { openMachine } from "./machine.ts";

/** What a machine is made of. */
export interface Parts extends Pick<HostTree, "tree" | "nix"> {
  /** A Debian root; the machine only reads it. */
  readonly root: string;
  /** The folder that the machine has as /opt/harnesses: see tests/harnesses/install.ts. */
  readonly harnesses?: string | undefined;
}

export interface Booted extends AsyncDisposable {
  /** Process id of the machine's first process, as this machine counts. */
  readonly leader: number;
}

const NSPAWN = [
  ...["systemd-nspawn", "--quiet", "--machine=forge-lab", "--register=no", "--keep-unit"],
  ...[
    "--console=pipe",
    "--private-network",
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
  ],
  // Without it, nspawn does not enforce RestrictAddressFamilies.
  "--system-call-filter=bpf",
];

/** With the /tmp of its root: a checkout may lie there. */
const BOOT = ["--boot", "systemd.mask=tmp.mount"];
const BOOT_SECONDS = 60;

/** A machine that is not there in the end; the message has what its console showed last. */
export class BootError extends Error {}

const CONSOLE_LINES = 30;

/** The end of a console, without what only a terminal understands. */
function lastLines(shown: string): string {
  const lines = stripVTControlCharacters(shown).split(/[\r\n]+/);
  const last = lines.map((line) => line.trimEnd()).filter(Boolean);
  if (last.length === 0) return "its console showed nothing";
  return ["the end of its console:", ...last.slice(-CONSOLE_LINES)].join("\n  | ");
}

/** Boots systemd in a container of its own. Disposing of it leaves neither process, mount, cgroup nor file. */
export async function boot(parts: Parts, seconds = BOOT_SECONDS): Promise<Booted> {
  const work = await mkdtemp("/tmp/forge-lab-");
  const cgroups = await makeCgroups(work.replace("/tmp/", ""));
  const child = start(parts, work, cgroups, [...NSPAWN, `--directory=${work}/root`, ...BOOT]);
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = once(child, "close");
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    child.kill("SIGKILL");
    await ended;
    for (const folder of cgroups) await removeCgroup(folder);
    await rm(work, { recursive: true });
  });
  const leader = await ready(child, seconds);
  if (leader !== undefined) {
    const end = undo.move();
    return { leader, [Symbol.asyncDispose]: () => end.disposeAsync() };
  }
  const what = hasEnded(child) ? "ended" : `did not boot within ${seconds} s`;
  if (hasEnded(child)) await ended; // its last words
  throw new BootError(`the machine ${what}; ${lastLines(log)}`);
}

function start(
  { root, tree, nix = "", harnesses = "" }: Parts,
  work: string,
  [cgroup = ""]: readonly string[],
  program: readonly string[],
) {
  return spawn(join(repository, "tests/lab/in-machine"), [work, root, tree, cgroup, ...program], {
    env: {
      PATH: process.env["PATH"],
      FORGE_NIX_STORE: nix,
      FORGE_HARNESSES: harnesses,
      FORGE_REPOSITORY: repository,
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
      SYSTEMD_NSPAWN_TMPFS_TMP: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // Ctrl-C is for us: we end the machine when the tests have ended.
  });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Process id of the machine's first process, once the machine is up; undefined if it ends or takes too long. */
async function ready(child: ChildProcess, seconds: number): Promise<number | undefined> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline && !hasEnded(child)) {
    const leader = await systemdBelow(child.pid ?? 0);
    if (leader !== undefined) {
      const { stdout } = await openMachine({ leader }).run("systemctl", ["is-system-running"]);
      if (/^(running|degraded)/.test(stdout)) return leader;
    }
    await sleep(50);
  }
  return undefined;
}

/** Process id of the container's systemd, once there is one. */
async function systemdBelow(pid: number): Promise<number | undefined> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  if (name === "systemd\n") return pid;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  for (const child of children.trim().split(" ").filter(Boolean)) {
    const found = await systemdBelow(Number(child));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** nspawn names the machine's cgroup after ours, so a shared one would collide with other machines. */
async function makeCgroups(name: string): Promise<readonly string[]> {
  const mounts = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
  const unified = mounts.find((mount) => existsSync(join(mount, "cgroup.procs")));
  if (unified === undefined) return [];
  await mkdir(join(unified, name));
  // Where version 1 is mounted too, systemd-nspawn makes the same folder there.
  return [join(unified, name), join("/sys/fs/cgroup/systemd", name)];
}

async function removeCgroup(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const kill = join(folder, "cgroup.kill");
  if (existsSync(kill)) await writeFile(kill, "1");
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
  }
  await removeWhenEmpty(folder);
}

/** The kernel counts a process in its cgroup until somebody has waited for it. */
async function removeWhenEmpty(folder: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
