import * as z from "zod";
import type { Bus } from "./bus.ts";
import type { End, Facts, Run } from "./state.ts";

const SYSTEMD = "org.freedesktop.systemd1";

/** What an answer of ListUnits… begins with: name, description, load, active and sub state, follower, path. */
const Unit = z
  .tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string(), z.string()])
  .rest(z.unknown())
  .transform(([name, , load, active, sub, , path]) => ({ name, load, active, sub, path }));
type Unit = z.output<typeof Unit>;

const Units = z.tuple([z.array(Unit)]);

export const unitOf = (agent: string): string => `forge-agent-${agent}.service`;
const agentOf = (unit: string): string => unit.replace(/^forge-agent-(.*)\.service$/, "$1");

/**
 * The units of these agents, and those of other agents that are not at rest. Asks systemd on its bus for the
 * few properties that count: `systemctl show` always reads all of them, which takes 105 ms for 100 units.
 */
export async function readUnits(
  bus: Bus,
  agents: readonly string[],
): Promise<ReadonlyMap<string, Facts>> {
  const list = async (member: string, ...args: (readonly string[])[]) => {
    const manager = { path: "/org/freedesktop/systemd1", interface: `${SYSTEMD}.Manager` };
    return Units.parse(await bus.call({ destination: SYSTEMD, ...manager, member, args }))[0];
  };
  const [declared, loaded] = await Promise.all([
    list("ListUnitsByNames", agents.map(unitOf)),
    list("ListUnitsByPatterns", [], [unitOf("*")]),
  ]);
  const names = new Set(declared.map(({ name }) => name));
  const others = loaded.filter(({ name, active }) => !names.has(name) && active !== "inactive");
  const facts = [...declared, ...others].map(
    async (unit) => [agentOf(unit.name), await factsOf(bus, unit)] as const,
  );
  return new Map(await Promise.all(facts));
}

async function factsOf(bus: Bus, { path, ...unit }: Unit): Promise<Facts> {
  if (unit.load !== "loaded") {
    return { ...unit, changedAt: 0, restarts: 0, run: undefined, end: undefined };
  }
  const read = propertiesAt(bus, path);
  const isUp = ["active", "reloading", "refreshing"].includes(unit.active);
  const [changedAt, restarts, run, end] = await Promise.all([
    read.count("Unit", "StateChangeTimestamp"),
    read.count("Service", "NRestarts"),
    unit.active === "inactive" || unit.active === "failed" ? undefined : runOf(read),
    isUp ? undefined : endOf(read),
  ]);
  return { ...unit, changedAt, restarts, run, end };
}

async function runOf({ count }: Properties): Promise<Run> {
  const [pid, memory, tasks] = await Promise.all([
    count("Service", "MainPID"),
    count("Service", "MemoryCurrent"),
    count("Service", "TasksCurrent"),
  ]);
  return { pid, memory: kept(memory), tasks: kept(tasks) };
}

/** All bits set is how systemd says that it does not count. */
const kept = (count: number): number | null => (count < 2 ** 63 ? count : null);

async function endOf({ count, text }: Properties): Promise<End> {
  const [result, code, status, startedAt, endedAt, leftActiveAt] = await Promise.all([
    text("Service", "Result"),
    count("Service", "ExecMainCode"),
    count("Service", "ExecMainStatus"),
    count("Service", "ExecMainStartTimestampMonotonic"),
    count("Service", "ExecMainExitTimestampMonotonic"),
    count("Unit", "ActiveExitTimestampMonotonic"),
  ]);
  return { result, code, status, startedAt, endedAt, leftActiveAt };
}

type Properties = ReturnType<typeof propertiesAt>;

function propertiesAt(bus: Bus, path: string) {
  const get = (kind: "Unit" | "Service", name: string) =>
    bus.call({
      destination: SYSTEMD,
      path,
      interface: "org.freedesktop.DBus.Properties",
      member: "Get",
      args: [`${SYSTEMD}.${kind}`, name],
    });
  return {
    text: async (kind: "Unit" | "Service", name: string) => String((await get(kind, name))[0]),
    count: async (kind: "Unit" | "Service", name: string) => Number((await get(kind, name))[0]),
  };
}
