import { constants } from "node:os";
import type { AgentOnHost } from "../../schema/host.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { Bus } from "./bus.ts";
import { readManifest } from "./manifest.ts";
import { EXITED, type Facts, stateOf } from "./state.ts";
import { NO_UNIT, readLoaded, readNamed } from "./units.ts";

/** Every agent of this host: the declared ones, then what still runs without being declared. */
export async function readAgents(): Promise<readonly AgentOnHost[]> {
  const text = readManifest();
  const bus = new Bus();
  try {
    // systemd answers while this loads; nearly all units that it knows are declared.
    const [found, check] = await Promise.all([readLoaded(bus), import("./check.ts")]);
    const { agents } = check.checkManifest(text);
    const absent = Object.keys(agents).filter((name) => !found.has(name));
    const facts = new Map([...found, ...(await readNamed(bus, absent))]);

    const isForgotten = (name: string) =>
      !Object.hasOwn(agents, name) && facts.get(name)?.active !== "inactive";
    const names = [...Object.keys(agents), ...[...facts.keys()].filter(isForgotten)];
    return names.map((name) => {
      const agent = describe(name, facts.get(name), agents[name]);
      if (agent.state !== "running" || agent.since === null) return agent;
      return { ...agent, status: check.readStatus(name, Date.parse(agent.since)) };
    });
  } finally {
    bus.close();
  }
}

function describe(
  name: string,
  facts: Facts = NO_UNIT,
  declared: Manifest["agents"][string] | undefined,
): AgentOnHost {
  const state = stateOf(facts);
  const { changedAt, restarts, pid, memory, tasks, result, code, status } = facts;
  return {
    name,
    declared: declared !== undefined,
    harness: declared?.harness ?? null,
    model: declared?.model ?? null,
    state,
    status: null,
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
