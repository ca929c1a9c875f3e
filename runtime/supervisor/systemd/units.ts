import type { Bus } from "./bus.ts";
import { groupOf, type Usage, usageIn } from "./cgroup.ts";
import type { Facts } from "./unit-state.ts";
import type { Call } from "./wire.ts";

/** One unit in systemd's list. */
interface Unit {
  readonly name: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly path: string;
}

type Property = readonly [kind: "Unit" | "Service", name: string];

/** What is asked of every unit, of one that has processes, and of one that has ended. */
const ALWAYS: readonly Property[] = [
  ["Unit", "StateChangeTimestamp"],
  ["Service", "NRestarts"],
];
const WHILE_UP: readonly Property[] = [["Service", "MainPID"]];
const USAGE: readonly Property[] = [
  ["Service", "MemoryCurrent"],
  ["Service", "TasksCurrent"],
];
const AFTERWARDS: readonly Property[] = [
  ["Service", "Result"],
  ["Service", "ExecMainCode"],
  ["Service", "ExecMainStatus"],
  ["Service", "ExecMainStartTimestampMonotonic"],
  ["Service", "ExecMainExitTimestampMonotonic"],
  ["Unit", "ActiveExitTimestampMonotonic"],
];

const SYSTEMD = "org.freedesktop.systemd1";

export const unitOf = (agent: string): string => `forge-agent-${agent}.service`;
const agentOf = ({ name }: Unit): string => name.replace(/^forge-agent-(.*)\.service$/, "$1");

/** What systemd knows of an agent's unit, by the agent's name. */
type FactsByName = ReadonlyMap<string, Facts>;

/** Of all that it has in memory. */
export const readLoaded = async (bus: Bus): Promise<FactsByName> =>
  readFacts(bus, await list(bus, "ListUnitsByPatterns", [], [unitOf("*")]));

/** Of agents that systemd does not have in memory. It reads their units for every answer, and knows no past of them. */
export async function readNamed(bus: Bus, agents: readonly string[]): Promise<FactsByName> {
  if (agents.length === 0) return new Map();
  const units = await list(bus, "ListUnitsByNames", agents.map(unitOf));
  const started = units.filter(({ active }) => active !== "inactive");
  const nothing = units.map((unit): [string, Facts] => [agentOf(unit), factsOf(unit, new Map())]);
  return new Map([...nothing, ...(await readFacts(bus, started))]);
}

async function list(
  bus: Bus,
  member: string,
  ...args: readonly (readonly string[])[]
): Promise<readonly Unit[]> {
  const manager = { path: "/org/freedesktop/systemd1", interface: `${SYSTEMD}.Manager` };
  const [answer] = await bus.call([{ destination: SYSTEMD, ...manager, member, args }]);
  return fieldsOf(answer?.[0]).map((unit) => {
    const [name = "", , load = "", active = "", sub = "", , path = ""] = fieldsOf(unit).map(String);
    return { name, load, active, sub, path };
  });
}

const fieldsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Asks for the few properties that count: `systemctl show` reads all, which takes 105 ms for 100 units. */
async function readFacts(bus: Bus, units: readonly Unit[]): Promise<FactsByName> {
  const groups = new Map(units.map((unit) => [unit, groupOf(unit.name)]));
  const questions = units.flatMap((unit) =>
    propertiesOf(unit, groups.get(unit)).map((one) => [unit, one] as const),
  );
  const asked = bus.call(questions.map(([{ path }, property]) => get(path, property)));
  // While systemd works on its answers.
  const usages = new Map(
    [...groups].map(([unit, group]) => [unit, group ? usageIn(group) : undefined]),
  );
  const answers = await asked;
  const values = new Map(units.map((unit) => [unit, new Map<string, unknown>()]));
  questions.forEach(([unit, [, name]], index) => {
    values.get(unit)?.set(name, answers[index]?.[0]);
  });
  return new Map(
    [...values].map(([unit, properties]) => [
      agentOf(unit),
      factsOf(unit, properties, usages.get(unit)),
    ]),
  );
}

const get = (path: string, [kind, name]: Property): Call => ({
  destination: SYSTEMD,
  path,
  interface: "org.freedesktop.DBus.Properties",
  member: "Get",
  args: [`${SYSTEMD}.${kind}`, name],
});

function propertiesOf({ load, active }: Unit, group?: string): readonly Property[] {
  if (load !== "loaded") return [];
  if (active === "inactive" || active === "failed") return [...ALWAYS, ...AFTERWARDS];
  const whileUp = [...ALWAYS, ...WHILE_UP, ...(group ? [] : USAGE)];
  return active === "active" ? whileUp : [...whileUp, ...AFTERWARDS];
}

function factsOf(
  { load, active, sub }: Unit,
  values: ReadonlyMap<string, unknown>,
  usage?: Usage,
): Facts {
  const count = (name: string): number => Number(values.get(name) ?? 0);
  /** All bits set is how systemd says that it does not count. */
  const counted = (name: string): number | null =>
    values.has(name) && count(name) < 2 ** 63 ? count(name) : null;
  return {
    ...{ load, active, sub },
    changedAt: count("StateChangeTimestamp"),
    restarts: count("NRestarts"),
    pid: count("MainPID"),
    memory: usage ? usage.memory : counted("MemoryCurrent"),
    tasks: usage ? usage.tasks : counted("TasksCurrent"),
    result: String(values.get("Result") ?? ""),
    code: count("ExecMainCode"),
    status: count("ExecMainStatus"),
    startedAt: count("ExecMainStartTimestampMonotonic"),
    endedAt: count("ExecMainExitTimestampMonotonic"),
    leftActiveAt: count("ActiveExitTimestampMonotonic"),
  };
}

export const NO_UNIT = factsOf(
  { name: "", load: "not-found", active: "", sub: "", path: "" },
  new Map(),
);
