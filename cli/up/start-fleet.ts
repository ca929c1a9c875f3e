import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DeclaredAgent, type Fleet, parseFleet } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { buildPlanFolder } from "../../plan/build/folder.ts";
import { checkLibrary } from "../../plan/build/library.ts";
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
import { STOP_RULES } from "../../schema/lifecycle.ts";
import type { Plan } from "../../schema/plan.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { hasSqlite } from "../host/sqlite.ts";
import { findHarness } from "./find-harness.ts";
import { withAbsolutePaths } from "./fleet-paths.ts";
import { withStub } from "./with-stub.ts";

export interface StartOptions {
  /** As a fleet file declares it; checked here. */
  readonly fleet: unknown;
  /** The folder of the fleet file: where its npm project is, and its own harnesses. */
  readonly folder: string;
  readonly state: string;
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
  /** Fleet file under which `forge ps` and the like find the fleet; without it they do not. */
  readonly listedAs?: string;
}

export interface Machine {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** The Node that runs us: harnesses in JavaScript get it first on their PATH. */
  readonly execPath: string;
}

const STOP_TIMEOUT = STOP_RULES.term * 1000;

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * Starts every enabled agent of a fleet under a supervisor of our own, for machines without NixOS.
 * All plans are made before anything starts: a mistake in one agent starts none. Throws ForgeErrors.
 */
export async function startFleet(options: StartOptions): Promise<RunningFleet> {
  const { tell, machine, signal, state, clock = systemClock } = options;
  const { policy = RESTART, stopTimeout = STOP_TIMEOUT } = options;
  await using undo = new AsyncDisposableStack();
  const base = { folder: options.folder, home: machine.env["HOME"] };
  const declared = parseFleet(withAbsolutePaths(options.fleet, base));
  checkPrograms(options.programs ?? {}, declared);
  const databases = declared.agents.some(({ harness }) => harness.databases.length > 0);
  const tools = await findTools(pathOf(machine), { databases });
  const fleet = declared.stub ? await withStub(declared, state, undo) : declared;
  const context = { ...options, fleet, tools };
  const plans = await plansOf(context);
  const declarations = new Map(fleet.agents.map((each) => [each.name, each]));
  const agents = plans.map((plan) => {
    const from = declarations.get(plan.agent);
    const failure = from?.harness.failure ?? null;
    return { ...toStart(plan, tools), model: from?.agent.model ?? "", failure };
  });
  await installForHarnesses(context);
  const { env } = machine;
  const { listedAs } = options;
  const prompts = listedAs === undefined ? undefined : await promptsOf(context, clock, tell);
  if (prompts) undo.use(prompts);
  const tellAll = (event: UpEvent) => {
    tell(event);
    prompts?.note(event);
  };
  const started = {
    agents,
    state,
    env,
    tools,
    clock,
    policy,
    stopTimeout,
    tell: tellAll,
    listedAs,
  };
  const running = await startAgents({
    ...started,
    ...(signal ? { signal } : {}),
    ...(prompts ? { prompts: prompts.answer } : {}),
  });
  prompts?.attach(running.agents.values());
  return endingWith(running, undo.move());
}

/** Nothing on a Node without SQLite: then nobody delivers prompts. */
async function promptsOf({ fleet, state }: Context, clock: Clock, tell: StartOptions["tell"]) {
  if (!hasSqlite()) return undefined;
  const { fleetPrompts, withoutPrompts } = await import("../../daemon/fleet-prompts.ts");
  const { openLedger } = await import("../../daemon/ledger/ledger.ts");
  await mkdir(state, { recursive: true, mode: 0o700 });
  const warn = (agent: string, reason: string) => tell({ kind: "warning", agent, reason });
  const composers = new Map(fleet.agents.map(({ name, harness }) => [name, harness.composer]));
  const sessions = new Map(fleet.agents.map(({ name, harness }) => [name, harness.sessions]));
  try {
    const ledger = openLedger(join(state, "prompts.db"), { now: Date.now });
    return fleetPrompts({ ledger, composers, sessions, clock, wall: Date.now, warn });
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    for (const { name } of fleet.agents)
      warn(name, `it gets no prompts: ${error.message}; ${error.fix}`);
    return withoutPrompts(error);
  }
}

const pathOf = ({ env }: Machine): string => env["PATH"] ?? SYSTEM_PATH;

/** A flag for a harness that no agent can run in is a slip. */
function checkPrograms(programs: { readonly [harness: string]: string }, { agents }: Fleet): void {
  const known = [...new Set([...HARNESSES, ...agents.map(({ harness }) => harness)])];
  const names = known.map(({ name }) => name);
  const unknown = Object.keys(programs).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ForgeError("USAGE", `--harness ${unknown}: no such harness`, {
    fix: `harnesses are: ${names.join(", ")}`,
  });
}

/** The fleet, taking along what only it needed. */
function endingWith(fleet: RunningFleet, undo: AsyncDisposableStack): RunningFleet {
  const stop = () => fleet.stop().finally(() => undo.disposeAsync());
  const kill = () => fleet.kill().finally(() => undo.disposeAsync());
  return { ...fleet, stop, kill, [Symbol.asyncDispose]: stop };
}

export interface Context extends Pick<StartOptions, "folder" | "programs" | "machine" | "state"> {
  readonly fleet: Fleet;
  readonly tools: Tools;
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
  for (const plan of plans) checkLibrary(plan);
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
    path: pathOf(machine),
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
  const { state, fleet, tools, folder: project } = context;
  const coreutils = dirname(tools.mkfifo);
  await mkdir(dirname(signalIn(state)), { recursive: true, mode: 0o700 });
  await writeFile(signalIn(state), renderSignal({ ...tools, coreutils }), { mode: 0o700 });
  for (const harness of new Set(fleet.agents.map((declared) => declared.harness))) {
    const folder = assetsIn(state, harness);
    await mkdir(folder, { recursive: true });
    for (const asset of harness.assets)
      await writeFile(join(folder, asset), await assetOf(harness, asset, project));
  }
}

/** Ours are part of the program, a fleet's own lie beside its file. */
async function assetOf(harness: Harness, asset: string, project: string): Promise<string> {
  const path = `harnesses/${harness.name}/assets/${asset}`;
  if (HARNESSES.some((ours) => ours === harness)) return readAsset(path);
  return readFile(join(project, path), "utf8").catch((cause: unknown) => {
    throw new ForgeError("FLEET_INVALID", `${harness.name}: ${path} cannot be read`, {
      fix: "put the file there, beside the fleet file",
      cause,
    });
  });
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
