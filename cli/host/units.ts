import type { Bus } from "./bus.ts";
import type { End, Facts, Run } from "./state.ts";

/** One unit in systemd's list. */
interface Unit {
  readonly name: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly path: string;
}

const SYSTEMD = "org.freedesktop.systemd1";

export const unitOf = (agent: string): string => `forge-agent-${agent}.service`;
const agentOf = (unit: string): string => unit.replace(/^forge-agent-(.*)\.service$/, "$1");

/**
 * What systemd knows of the declared agents, in their order, then of others that are not at rest. Asks on
 * its bus for the few properties that count: `systemctl show` always reads all of them, which takes 105 ms
 * for 100 units.
 */
export async function readUnits(
  bus: Bus,
  declared: Promise<readonly string[]>,
): Promise<ReadonlyMap<string, Facts>> {
  const loaded = await list(bus, "ListUnitsByPatterns", [], [unitOf("*")]);
  // Asked before it is known which are declared: nearly all are.
  const facts = loaded.map((unit) => factsOf(bus, unit));
  const [names, ...found] = await Promise.all([declared, ...facts]);
  const known = new Map(loaded.map(({ name }, index) => [agentOf(name), found[index]]));
  const absent = names.filter((name) => !known.has(name)).map(unitOf);
  for (const unit of absent.length > 0 ? await list(bus, "ListUnitsByNames", absent) : []) {
    known.set(agentOf(unit.name), await factsOf(bus, unit));
  }
  const others = [...known.keys()].filter((name) => !names.includes(name));
  return new Map(
    [...names, ...others].flatMap((name) => {
      const one = known.get(name);
      const isShown = one && (names.includes(name) || one.active !== "inactive");
      return isShown ? [[name, one] as const] : [];
    }),
  );
}

async function list(
  bus: Bus,
  member: string,
  ...args: readonly (readonly string[])[]
): Promise<readonly Unit[]> {
  const manager = { path: "/org/freedesktop/systemd1", interface: `${SYSTEMD}.Manager` };
  const [units] = await bus.call({ destination: SYSTEMD, ...manager, member, args });
  return fieldsOf(units).map((unit) => {
    const [name = "", , load = "", active = "", sub = "", , path = ""] = fieldsOf(unit).map(String);
    return { name, load, active, sub, path };
  });
}

const fieldsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

async function factsOf(bus: Bus, { path, name: _, ...unit }: Unit): Promise<Facts> {
  if (unit.load !== "loaded") {
    return { ...unit, changedAt: 0, restarts: 0, run: undefined, end: undefined };
  }
  const { count, ...read } = propertiesAt(bus, path);
  const isUp = ["active", "reloading", "refreshing"].includes(unit.active);
  const isDown = ["inactive", "failed"].includes(unit.active);
  const [changedAt, restarts, run, end] = await Promise.all([
    count("Unit", "StateChangeTimestamp"),
    count("Service", "NRestarts"),
    isDown ? undefined : runOf({ count, ...read }),
    isUp ? undefined : endOf({ count, ...read }),
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
  const properties = { interface: "org.freedesktop.DBus.Properties", member: "Get" };
  const get = async (kind: "Unit" | "Service", name: string) => {
    const args = [`${SYSTEMD}.${kind}`, name];
    const [value] = await bus.call({ destination: SYSTEMD, path, ...properties, args });
    return value;
  };
  return {
    text: async (kind: "Unit" | "Service", name: string) => String(await get(kind, name)),
    count: async (kind: "Unit" | "Service", name: string) => Number(await get(kind, name)),
  };
}
