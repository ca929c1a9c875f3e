import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { HARNESSES } from "../../harnesses/registry.ts";
import { which } from "../../runtime/supervisor/local/tools.ts";
import { hasFacts } from "./facts.ts";
import { installHarnesses } from "./install.ts";

/** The tier that runs every harness as its makers ship it, against the stub model. Arguments name harnesses. */
const TOOLS = {
  strace: "strace",
  unshare: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
  ip: "iproute2",
  git: "git",
  sqlite3: "sqlite3",
};

async function find(): Promise<{ readonly folder: string } | { readonly needs: string }> {
  if (process.platform !== "linux" || process.arch !== "x64") return { needs: "Linux on x86-64" };
  if (process.getuid?.() !== 0) return { needs: "root, for namespaces and a read-only root" };
  for (const [tool, debian] of Object.entries(TOOLS)) {
    if (!(await which(tool, process.env["PATH"] ?? "")))
      return { needs: `${tool} (as root: apt-get install ${debian})` };
  }
  const { status, stderr } = spawnSync("unshare", [...NAMESPACES, "true"], { encoding: "utf8" });
  return status === 0 ? installHarnesses() : { needs: `namespaces (${stderr.trim()})` };
}

const NAMESPACES = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
const STRACE = ["-f", "-q", "--seccomp-bpf", "-Y", "-s", "128", "-e", "signal=none"];
const WATCHED = ["-e", "trace=connect,sendto,sendmsg,sendmmsg"];
const LIMIT = 600_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** strace gives up when a stopped process goes on while strace looks at it: a race of strace's own, which ends the run. */
const STRACE_GAVE_UP = /^strace: ptrace\(PTRACE_LISTEN,.*\): Input\/output error$/m;

/** One harness in a machine of its own; true when all of its tests passed. Once more if strace gave up. */
async function runHarness(name: string, programs: string): Promise<boolean> {
  const first = await attempt(name, programs);
  if (first.passed || !STRACE_GAVE_UP.test(first.output)) return first.passed;
  say(`strace gave up on ${name}, so its tests run once more`);
  return (await attempt(name, programs)).passed;
}

interface Attempt {
  readonly passed: boolean;
  readonly output: string;
}

async function attempt(name: string, programs: string): Promise<Attempt> {
  const lab = await mkdtemp("/var/tmp/matrix-");
  const env = {
    FORGE_MATRIX_LAB: lab,
    FORGE_MATRIX_PROGRAMS: programs,
    FORGE_MATRIX_HARNESS: name,
  };
  const test = (file: string) => [process.execPath, "--test", join(import.meta.dirname, file)];
  const inside = [join(import.meta.dirname, "inside"), lab];
  const strace = ["strace", ...STRACE, ...WATCHED, "-o", join(lab, "trace")];
  const isolated = ["--pdeathsig", "KILL", "unshare", ...NAMESPACES, ...inside, ...strace];
  const options = { env, reject: false, all: true, timeout: LIMIT, killSignal: "SIGKILL" } as const;
  const ran = await execa("setpriv", [...isolated, ...test("matrix.ts")], options);
  const [node = "", ...judge] = test("traces.ts");
  const judged = await execa(node, judge, options);
  say(`${ran.all}\n${judged.all}`);
  if (process.env["FORGE_KEEP_LAB"]) say(`kept: ${lab}`);
  else await rm(lab, { recursive: true, force: true });
  return { passed: !ran.failed && !judged.failed, output: ran.all };
}

const found = await find();
if ("needs" in found) {
  say(`SKIPPED test:harnesses: needs ${found.needs}`);
} else {
  const only = process.argv.slice(2);
  const names = HARNESSES.map(({ name }) => name);
  const waiting = names.filter((name) => only.length === 0 || only.includes(name));
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (!hasFacts({ name }))
        say(`SKIPPED test:harnesses of ${name}: needs tests/golden/${name}/matrix.json`);
      else if (!(await runHarness(name, found.folder))) process.exitCode = 1;
    }
  };
  await Promise.all([lane(), lane()]); // two cores
}
