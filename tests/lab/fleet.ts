import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type DeclaredAgent, parseFleet } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";

const read = (path: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8"));

/** What the host under test declares. */
export const fleet = parseFleet(read("fleet.json"));

export function declaredAs(name: string): DeclaredAgent {
  const found = fleet.agents.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`tests/lab/fleet.json has no agent ${name}`);
  return found;
}

const Pins = z.record(z.string(), z.string());
const Manifest = z.object({ dependencies: Pins, devDependencies: Pins.default({}) });
const repository = Manifest.parse(read("../../package.json")).devDependencies;
const harnesses = Manifest.parse(read("../harnesses/package.json")).dependencies;

/** What an agent runs on the host under test. */
export interface Program {
  /** Relative to tests/lab. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly bin: string;
}

/** Of harnesses as npm ships them, by agent: each has its harness's name, and only cases about it start it. */
export const SHIPPED: ReadonlyMap<string, Program> = new Map(
  HARNESSES.filter(({ name }) => existsSync(join(import.meta.dirname, "shipped", name))).map(
    ({ name, package: { npm, bin } }) => [
      name,
      { file: `shipped/${name}`, name: `lab-${name}`, version: harnesses[npm] ?? "", bin },
    ],
  ),
);

/** As tests/lab/host.nix has it. */
export function programOf(agent: string): Program {
  const { bin, npm } = declaredAs(agent).harness.package;
  if (agent === "real") return { file: "pi", name: "lab-pi", version: repository[npm] ?? "", bin };
  return SHIPPED.get(agent) ?? { file: "tui", name: "lab-tui", version: "1.0", bin };
}
