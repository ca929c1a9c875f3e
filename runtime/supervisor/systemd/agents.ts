import type { AgentOnHost } from "../../../schema/command-output.ts";
import { readStatus } from "./activity.ts";
import { Bus } from "./bus.ts";
import { type Declared, readDeclared } from "./manifest.ts";
import { EXITED, type Facts, signalName, stateOf } from "./unit-state.ts";
import { NO_UNIT, readLoaded, readNamed } from "./units.ts";

/** Every agent of this host: the declared ones, then what still runs without being declared. */
export async function readAgents(): Promise<readonly AgentOnHost[]> {
  const declared = await readDeclared();
  const bus = new Bus();
  try {
    // Nearly all declared units are loaded, and nearly all loaded units declared.
    const loaded = await readLoaded(bus);
    const others = [...declared.keys()].filter((name) => !loaded.has(name));
    const facts = new Map([...loaded, ...(await readNamed(bus, others))]);
    const isForgotten = (name: string) =>
      !declared.has(name) && facts.get(name)?.active !== "inactive";
    const names = [...declared.keys(), ...[...facts.keys()].filter(isForgotten)];
    return names.map((name) => describe(name, facts.get(name), declared.get(name)));
  } finally {
    bus.close();
  }
}

function describe(
  name: string,
  facts: Facts = NO_UNIT,
  declared: Declared | undefined,
): AgentOnHost {
  const unitState = stateOf(facts);
  const { changedAt, restarts, pid, memory, tasks, result, code, status } = facts;
  return {
    name,
    declared: declared !== undefined,
    fleet: null,
    harness: declared?.harness ?? null,
    model: declared?.model ?? null,
    unitState,
    ...(unitState === "running"
      ? readStatus(name, changedAt / 1000)
      : { activity: null, screen: [] }),
    since: changedAt > 0 ? new Date(changedAt / 1000).toISOString() : null,
    pid: pid > 0 ? pid : null,
    restarts,
    memory,
    tasks,
    result: result === "" ? null : result,
    exitStatus: code === EXITED ? status : null,
    signal: code > EXITED ? signalName(status) : null,
    ...{ status: null, turns: null, queued: null },
  };
}
