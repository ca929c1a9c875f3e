import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startFleet } from "../../cli/up/start-fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { installHarnesses } from "../harnesses/install.ts";
import { median, type Row } from "./measure.ts";

const RUNS = 3;
/** What a harness does just after its prompt is no idleness. Milliseconds. */
const SETTLED = 5000;

const parentOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
};

/** A process and all below it. */
function tree(root: number): readonly number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = pids.filter((pid) => {
    try {
      return parentOf(pid) === root;
    } catch {
      return false; // gone
    }
  });
  return [root, ...children.flatMap(tree)];
}

/** Megabytes that the processes take, each shared page counted once. */
const memoryOf = (pids: readonly number[]): number =>
  pids
    .map((pid) => /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")))
    .reduce((sum, found) => sum + Number(found?.[1] ?? 0) / 1024, 0);

interface Measured {
  readonly ms: number;
  readonly mb: number;
}

/** One start of an agent under `forge up`, asking the stub. */
async function measure(harness: Harness, folder: string, root: string): Promise<Measured> {
  await using stub = await startStubModel();
  const { model, secret, options } = harness.stub(stub.url);
  const file = join(root, "key");
  await writeFile(file, "sk-stub-0123456789-0123456789", { mode: 0o600 });
  const { name } = harness;
  const bench = {
    harness: name,
    model,
    role: "You wait.",
    secrets: { [secret]: { file } },
    [name]: options,
  };
  const began = performance.now();
  const { promise: ready, resolve } = Promise.withResolvers<number>();
  let pid = 0;
  const tell = (event: UpEvent) => {
    if (event.kind === "started") pid = event.pid;
    if (event.kind === "status" && event.state === "ready") resolve(performance.now() - began);
  };
  const env = { PATH: process.env["PATH"], HOME: root, TMUX_TMPDIR: root, XDG_RUNTIME_DIR: root };
  const machine = { env, cwd: root, execPath: process.execPath };
  await using _ = await startFleet({
    ...{ fleet: { agents: { bench } }, folder, state: join(root, "state"), machine, tell },
  });
  const ms = await Promise.race([ready, sleep(60_000, Number.NaN, { ref: false })]);
  await sleep(SETTLED);
  return { ms, mb: memoryOf(tree(pid)) };
}

/** No rows where the harnesses cannot be had; that is said in one line. */
export async function benchHarnesses(): Promise<readonly Row[]> {
  const found = await installHarnesses();
  if ("needs" in found) {
    process.stdout.write(`SKIPPED bench of harnesses: needs ${found.needs}\n`);
    return [];
  }
  const rows: Row[] = [];
  for (const harness of HARNESSES) {
    const root = await mkdtemp("/var/tmp/bench-");
    try {
      await mkdir(join(root, "state"));
      const all: Measured[] = [];
      for (let run = 0; run < RUNS; run++) all.push(await measure(harness, found.folder, root));
      const [ms, mb] = [median(all.map((one) => one.ms)), median(all.map((one) => one.mb))];
      rows.push({
        what: `${harness.name}: \`forge up\` to its prompt, and memory of its processes when idle (PSS)`,
        result: `${(ms / 1000).toFixed(1)} s, ${mb.toFixed(0)} MB`,
        budget: "none",
        holds: Number.isFinite(ms),
      });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  return rows;
}

if (import.meta.main) {
  for (const { what, result } of await benchHarnesses())
    process.stdout.write(`${what}: ${result}\n`);
}
