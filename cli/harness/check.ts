import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../runtime/clock.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import { RESTART } from "../../runtime/supervisor/local/restart.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { type Machine, startFleet } from "../up/start-fleet.ts";
import { type Signals, untilSignal } from "../up/until-signal.ts";
import { CHECKS, type Scene } from "./checks.ts";

export type Result = { readonly what: string } & (
  | { readonly verdict: "ok"; readonly milliseconds: number }
  | { readonly verdict: "failed"; readonly reason: string }
  | { readonly verdict: "not tried" }
);

export interface Report {
  readonly results: readonly Result[];
  /** The terminal when something failed. */
  readonly screen: readonly string[];
}

interface Options {
  readonly harness: Harness;
  /** Absolute path of the harness's program. */
  readonly program: string;
  readonly machine: Machine;
  readonly signals: Signals;
}

const AGENT = "check";
const ROLE = "You are being looked at by forge harness check.";

/**
 * Runs one agent of the harness against the stub model and tries what forge relies on. Leaves nothing.
 * Returns nothing if a signal ended it.
 */
export async function checkHarness(options: Options): Promise<Report | undefined> {
  await using undo = new AsyncDisposableStack();
  // Not below /tmp: a harness may distrust state in a directory for temporary files.
  const folder = await mkdtemp("/var/tmp/forge-check-"); // mode 0700
  undo.defer(() => rm(folder, { recursive: true }));
  const stub = undo.use(await startStubModel());
  const events: UpEvent[] = [];
  const start = async (signal: AbortSignal) =>
    startFleet({
      fleet: { agents: { [AGENT]: await declare(options.harness, stub.url, folder) } },
      folder,
      state: join(folder, "state"),
      programs: { [options.harness.name]: options.program },
      tell: (event) => events.push(event),
      signal,
      // A `tmux -L forge` of its own.
      machine: { ...options.machine, env: { ...options.machine.env, TMUX_TMPDIR: folder } },
      policy: { ...RESTART, burst: 1 },
    });
  let report: Report | undefined;
  await untilSignal(options.signals, start, async ({ agents }, signal) => {
    const agent = agents.get(AGENT);
    if (agent === undefined) throw new RangeError("the agent was not started");
    report = await tryAll({ agent, stub, role: ROLE, clock: systemClock, signal }, events);
    return "done";
  });
  return report;
}

async function declare(harness: Harness, url: string, folder: string): Promise<object> {
  const { model, secret, options } = harness.stub(url);
  const file = join(folder, "key");
  await writeFile(file, "a-key-for-the-stub-model", { mode: 0o600 });
  return {
    ...{ harness: harness.name, model, role: ROLE },
    secrets: { [secret]: { file } },
    [harness.name]: options,
  };
}

async function tryAll(scene: Scene, events: readonly UpEvent[]): Promise<Report> {
  const results: Result[] = [];
  let screen: readonly string[] | undefined;
  for (const [what, check] of Object.entries(CHECKS)) {
    if (screen !== undefined) {
      results.push({ what, verdict: "not tried" });
      continue;
    }
    const began = scene.clock.now();
    try {
      await check(scene);
      results.push({ what, verdict: "ok", milliseconds: scene.clock.now() - began });
    } catch (error) {
      scene.signal.throwIfAborted();
      const failure = await failureOf(error, scene, events);
      results.push({ what, verdict: "failed", reason: failure.reason });
      screen = failure.screen;
    }
  }
  return { results, screen: screen ?? [] };
}

/** A harness that ended tells more than the check that waited for it. */
async function failureOf(error: unknown, { agent }: Scene, events: readonly UpEvent[]) {
  const reason = error instanceof Error ? error.message : String(error);
  if (agent.status() !== "running") await agent.settled;
  const failed = events.find((event) => event.kind === "failed");
  if (failed) return failed;
  const look = await agent.terminal.look();
  return { reason, screen: look.screen.split("\n").filter((line) => line.trim() !== "") };
}
