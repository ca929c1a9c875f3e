import { constants } from "node:os";
import type { AgentOnHost } from "../../schema/host.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { connectBus } from "./bus.ts";
import { readManifest } from "./manifest.ts";
import { EXITED, type Facts, stateOf } from "./state.ts";
import { readStatus } from "./status.ts";
import { readUnits } from "./units.ts";

/** Every agent of this host: the declared ones, then what still runs without being declared. */
export async function readAgents(): Promise<readonly AgentOnHost[]> {
  const manifest = readManifest();
  const names = manifest.then(({ agents }) => Object.keys(agents));
  const [{ agents }, units] = await Promise.all([manifest, askSystemd(names)]);
  return Promise.all([...units].map(([name, facts]) => describe(name, facts, agents[name])));
}

async function askSystemd(names: Promise<readonly string[]>) {
  const bus = await connectBus();
  try {
    return await readUnits(bus, names);
  } finally {
    bus.close();
  }
}

async function describe(
  name: string,
  facts: Facts,
  declared: Manifest["agents"][string] | undefined,
): Promise<AgentOnHost> {
  const state = stateOf(facts);
  const { changedAt, restarts, pid, memory, tasks, result, code, status } = facts;
  return {
    name,
    declared: declared !== undefined,
    harness: declared?.harness ?? null,
    model: declared?.model ?? null,
    state,
    status: state === "running" ? await readStatus(name, changedAt / 1000) : null,
    since: changedAt > 0 ? new Date(changedAt / 1000).toISOString() : null,
    pid: pid > 0 ? pid : null,
    restarts,
    memory,
    tasks,
    result: result === "" ? null : result,
    exitStatus: code === EXITED ? status : null,
    signal: code > EXITED ? signalName(status) : null,
  };
}

const signalName = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ??
  `signal ${number}`;
