import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { serveHost } from "../daemon/http/listen.ts";
import { openControl } from "../runtime/supervisor/local/control.ts";
import { openLedger } from "../runtime/supervisor/local/ledger.ts";
import { stateHome } from "../runtime/supervisor/local/state-home.ts";
import { type SampleHost, sampleHost } from "./api-host.ts";

const program = fileURLToPath(new URL("../cli/forge.ts", import.meta.url));

type Started = ChildProcessByStdio<null, Readable, Readable>;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A fleet as `forge up` lists and serves it, whose agents `ada` and `bob` have no harness. */
export interface SampleFleet extends AsyncDisposable {
  readonly folder: string;
  readonly host: SampleHost;
  readonly env: { readonly [name: string]: string };
  /** Another fleet of the same person. */
  beside(names: readonly string[]): Promise<SampleFleet>;
  /** Its API is gone, as after an end that nobody saw. */
  stopApi(): Promise<void>;
  /** Its API takes connections, and never answers. */
  hangApi(): Promise<void>;
  forgeWith(env: SampleFleet["env"], ...args: readonly string[]): Promise<Ran>;
  /** The command, as a person of this fleet runs it. */
  forge(...args: readonly string[]): Promise<Ran>;
  /** The same, while it runs. */
  start(...args: readonly string[]): Started;
}

export async function sampleFleet(
  names: readonly string[] = ["ada", "bob"],
  home?: string,
): Promise<SampleFleet> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "forge-sample-"));
  undo.defer(() => rm(folder, { recursive: true }));
  const host = sampleHost({ names: [...names] });
  undo.defer(() => host[Symbol.dispose]());
  const env = { PATH: process.env["PATH"] ?? "", HOME: home ?? folder, NO_COLOR: "1" };
  const api = join(folder, "api");
  const endpoint = { kind: "unix", path: api, mode: 0o600, role: "write" } as const;
  const serving = undo.use(await serveHost({ host, endpoints: [endpoint], warn: () => {} }));
  const fleet = join(folder, "fleet.ts");
  const agents = openLedger(
    names.map((agent) => ({ plan: { agent, harness: "sample" }, model: "stub" })),
    fleet,
  );
  const run = randomUUID();
  const listing = {
    ...({ version: 1, run, fleet, pid: process.pid, api, log: join(folder, "log") } as const),
    ...{ socket: join(folder, "control"), viewer: join(folder, "viewer") },
  };
  const controlled = { agents: agents.agents, stop: async () => {} };
  undo.use(await openControl(listing, stateHome(env), controlled));
  const startWith = (more: SampleFleet["env"], args: readonly string[]) =>
    spawn(process.execPath, [program, ...args], {
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const forgeWith = async (more: SampleFleet["env"], ...args: readonly string[]): Promise<Ran> => {
    const child = startWith(more, args);
    const ended = once(child, "close");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await ended;
    return { status: child.exitCode, stdout, stderr };
  };
  const done = undo.move();
  return {
    ...{ folder, host, env, forgeWith },
    beside: (others) => sampleFleet(others, env.HOME),
    stopApi: async () => await serving[Symbol.asyncDispose](),
    hangApi: async () => {
      await serving[Symbol.asyncDispose]();
      const silent = createServer(() => {}).listen(api);
      done.defer(() => void silent.close());
      await once(silent, "listening");
    },
    forge: (...args) => forgeWith({}, ...args),
    start: (...args) => startWith({}, args),
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}
