import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { which } from "../../runtime/up/tools.ts";
import { installHarnesses } from "./install.ts";

/** The tier that runs every harness as its makers ship it, against the stub model. Arguments name harnesses. */
const TOOLS = {
  strace: "strace",
  unshare: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
  ip: "iproute2",
  git: "git",
};

async function find(): Promise<{ readonly folder: string } | { readonly needs: string }> {
  if (process.platform !== "linux" || process.arch !== "x64") return { needs: "Linux on x86-64" };
  if (process.getuid?.() !== 0) return { needs: "root, for namespaces and a read-only root" };
  for (const [tool, debian] of Object.entries(TOOLS)) {
    if (!(await which(tool, process.env["PATH"] ?? ""))) return { needs: `${tool} (${debian})` };
  }
  const { status, stderr } = spawnSync("unshare", [...NAMESPACES, "true"], { encoding: "utf8" });
  return status === 0 ? installHarnesses() : { needs: `namespaces (${stderr.trim()})` };
}

const NAMESPACES = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
const WATCHED = "trace=connect,sendto,sendmsg,sendmmsg";

const found = await find();
if ("needs" in found) {
  process.stdout.write(`SKIPPED test:harnesses: needs ${found.needs}\n`);
} else {
  const lab = await mkdtemp("/var/tmp/matrix-");
  const trace = join(lab, "trace");
  const env = {
    ...process.env,
    FORGE_MATRIX_LAB: lab,
    FORGE_MATRIX_PROGRAMS: found.folder,
    FORGE_MATRIX_ONLY: process.argv.slice(2).join(","),
  };
  const node = [process.execPath, "--test", "--test-reporter=tap"];
  const strace = [
    "strace",
    "-f",
    "-q",
    "--seccomp-bpf",
    "-Y",
    "-o",
    trace,
    "-e",
    WATCHED,
    "-e",
    "signal=none",
  ];
  try {
    const inside = [join(import.meta.dirname, "inside"), lab, ...strace, ...node];
    const stdio = "inherit";
    const matrix = join(import.meta.dirname, "matrix.ts");
    const ran = spawnSync(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", ...NAMESPACES, ...inside, matrix],
      {
        ...{ env, stdio, timeout: 900_000, killSignal: "SIGKILL" },
      },
    );
    const judged = spawnSync(process.execPath, ["--test", join(import.meta.dirname, "traces.ts")], {
      env,
      stdio,
    });
    process.exitCode = ran.status || judged.status ? 1 : 0;
  } finally {
    if (process.env["FORGE_KEEP_LAB"]) process.stdout.write(`kept: ${lab}\n`);
    else await rm(lab, { recursive: true, force: true });
  }
}
