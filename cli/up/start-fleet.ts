import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DeclaredAgent, type Fleet, parseFleet } from "../../harnesses/fleet.ts";
import { buildPlanFolder } from "../../plan/build/folder.ts";
import { planFor } from "../../plan/plan.ts";
import { readAsset } from "../../runtime/assets.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { renderLauncher, renderSignal } from "../../runtime/render.ts";
import { checkCapabilities } from "../../runtime/supervisor/contract.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import {
  type AgentToStart,
  CAPABILITIES,
  type RunningFleet,
  startAgents,
} from "../../runtime/supervisor/local/fleet.ts";
import { RESTART, type RestartPolicy } from "../../runtime/supervisor/local/restart.ts";
import { findTools, type Tools } from "../../runtime/supervisor/local/tools.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { Plan } from "../../schema/plan.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { findHarness } from "./find-harness.ts";

export interface StartOptions {
  /** As a fleet file declares it; checked here. */
  readonly fleet: unknown;
  /** The folder of the fleet file: where its npm project is, and its `.forge/state`. */
  readonly folder: string;
  readonly state?: string | undefined;
  /** Programs by harness, before any other place. */
  readonly programs?: { readonly [harness: string]: string };
  readonly tell: (event: UpEvent) => void;
  readonly signal?: AbortSignal;
  /** What the process knows of itself and its user. */
  readonly machine: Machine;
  readonly clock?: Clock;
  readonly policy?: RestartPolicy;
  /** Milliseconds that a harness has between SIGTERM and SIGKILL. */
  readonly stopTimeout?: number;
}

export interface Machine {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** The Node that runs us: harnesses in JavaScript get it first on their PATH. */
  readonly execPath: string;
}

/** As TimeoutStopSec= of the unit in modules/service.nix. */
const STOP_TIMEOUT = 20_000;

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * Starts every enabled agent of a fleet under a supervisor of our own, for machines without NixOS.
 * All plans are made before anything starts: a mistake in one agent starts none. Throws ForgeErrors.
 */
export async function startFleet(options: StartOptions): Promise<RunningFleet> {
  const { tell, machine, signal, clock = systemClock } = options;
  const { policy = RESTART, stopTimeout = STOP_TIMEOUT } = options;
  const fleet = parseFleet(options.fleet);
  const databases = fleet.agents.some(({ harness }) => harness.databases.length > 0);
  const tools = await findTools(machine.env["PATH"] ?? SYSTEM_PATH, { databases });
  const own = join(options.folder, ".forge");
  const state = options.state ?? join(own, "state");
  const context = { ...options, fleet, tools, state };
  const plans = await plansOf(context);
  const agents = plans.map((plan) => toStart(plan, tools));
  if (options.state === undefined) await makeFolderOutsideGit(own);
  await installForHarnesses(context);
  const { env } = machine;
  const base = { agents, state, env, tools, clock, policy, stopTimeout, tell };
  return startAgents(signal ? { ...base, signal } : base);
}

async function makeFolderOutsideGit(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, ".gitignore"), "*\n");
}

export interface Context extends Pick<StartOptions, "folder" | "programs" | "machine"> {
  readonly fleet: Fleet;
  readonly tools: Tools;
  readonly state: string;
}

/** The plan of every enabled agent, none of which asks for more than this supervisor can do. */
export async function plansOf(context: Context): Promise<readonly Plan[]> {
  const enabled = context.fleet.agents.filter(({ agent }) => agent.enable);
  if (enabled.length === 0) {
    throw new ForgeError("FLEET_INVALID", "fleet.agents: no agent is enabled", {
      fix: "declare an agent, or set enable = true on one",
    });
  }
  for (const { name, agent } of enabled) checkCapabilities(name, agent, CAPABILITIES);
  const plans: Plan[] = [];
  for (const declared of enabled) plans.push(await planOf(declared, context));
  return plans;
}

async function planOf(declared: DeclaredAgent, context: Context): Promise<Plan> {
  const { fleet, folder, programs = {}, machine, tools, state } = context;
  const { name, agent, harness } = declared;
  const home = join(state, name);
  const { bin, version } = await findHarness(harness, {
    given: programs[harness.name],
    flag: `--harness ${harness.name}=`,
    own: agent.package,
    projects: [folder, machine.cwd],
  });
  return planFor({
    declared,
    fleet,
    place: {
      ...{ name, home, bin, shell: tools.bash },
      workdir: agent.workspace ?? join(home, "workspace"),
      path: `${dirname(machine.execPath)}:${SYSTEM_PATH}`,
      package: { name: harness.name, version },
      signal: signalIn(state),
      assets: assetsIn(state, harness),
      adapter: null,
      confined: false,
      person: null,
    },
  });
}

/** Below the state directory beside the agents', whose names begin with a letter. */
const signalIn = (state: string): string => join(state, ".forge", "forge-signal");
const assetsIn = (state: string, { name }: Harness): string => join(state, ".forge", name);

async function installForHarnesses(context: Context): Promise<void> {
  const { state, fleet, tools } = context;
  const coreutils = dirname(tools.mkfifo);
  await mkdir(dirname(signalIn(state)), { recursive: true, mode: 0o700 });
  await writeFile(signalIn(state), renderSignal({ ...tools, coreutils }), { mode: 0o700 });
  for (const harness of new Set(fleet.agents.map((declared) => declared.harness))) {
    const folder = assetsIn(state, harness);
    await mkdir(folder, { recursive: true });
    for (const asset of harness.assets)
      await writeFile(join(folder, asset), readAsset(`harnesses/${harness.name}/assets/${asset}`));
  }
}

const toStart = (plan: Plan, tools: Tools): AgentToStart => ({
  plan,
  build: async (out) => {
    const launcher = join(dirname(out), "launch");
    const coreutils = dirname(tools.mkfifo);
    await writeFile(launcher, renderLauncher({ ...tools, coreutils }), { mode: 0o700 });
    await buildPlanFolder({ plan, out, launcher });
    return join(out, "bin", `forge-agent-${plan.agent}`);
  },
});
