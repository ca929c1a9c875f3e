import * as z from "zod";
import { Agent } from "../schema/agent.ts";
import { ForgeError } from "../schema/errors.ts";
import { Libraries } from "../schema/library.ts";
import { AgentName } from "../schema/names.ts";
import { parse } from "../schema/parse.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import { HARNESSES } from "./registry.ts";

type Registered = (typeof HARNESSES)[number];
export type HarnessName = Registered["name"];

/** Options of each harness, under its name, beside the fields that every agent has. */
type HarnessOptions = {
  readonly [H in Registered as H["name"]]?: z.input<H["options"]>;
};
export type AgentInput = Omit<z.input<typeof Agent>, "harness"> &
  HarnessOptions & { readonly harness: HarnessName };

export interface FleetInput extends z.input<typeof Libraries> {
  readonly agents: { readonly [name: string]: AgentInput };
}

/** Types a fleet file's default export; checking happens when the file is loaded. */
export const defineFleet = (fleet: FleetInput): FleetInput => fleet;

/** An agent with every default filled in, its harness, and that harness's options. */
export interface DeclaredAgent {
  readonly name: string;
  readonly agent: Agent;
  readonly harness: Harness;
  readonly options: { readonly [option: string]: unknown };
}

export interface Fleet {
  readonly agents: readonly DeclaredAgent[];
  readonly libraries: Libraries;
}

const FleetShape = z.strictObject({
  ...Libraries.shape,
  agents: z.record(z.string(), z.unknown()),
});

const FIX = "docs/options.md has every option with its type and an example";

/** Checks a declared fleet and fills in defaults. `harnesses` is the registry, or a test's own. */
export function parseFleet(input: unknown, harnesses: readonly Harness[] = HARNESSES): Fleet {
  const { agents, ...libraries } = parse(FleetShape, input, {
    code: "FLEET_INVALID",
    where: "fleet",
    fix: FIX,
  });
  return {
    libraries,
    agents: Object.entries(agents).map(([name, agent]) => parseAgent(name, agent, harnesses)),
  };
}

function parseAgent(name: string, input: unknown, harnesses: readonly Harness[]): DeclaredAgent {
  const code = "AGENT_INVALID";
  const where = `agents.${name}`;
  parse(AgentName, name, { code, where: "agents: the name", fix: "give the agent another name" });
  const declared = declarationOf(harnesses);
  const { agent, options } = split(parse(declared, input, { code, where, fix: FIX }), harnesses);
  const harness = harnesses.find((candidate) => candidate.name === agent.harness);
  if (!harness) throw new RangeError(`${where}.harness passed its schema but is not registered`);
  const foreign = Object.keys(options).find((key) => key !== harness.name);
  if (foreign !== undefined) {
    throw new ForgeError("AGENT_RULE", `${where}.${foreign}: the agent runs in ${harness.name}`, {
      fix: `take ${foreign} out, or set harness = "${foreign}"`,
    });
  }
  return {
    name,
    agent,
    harness,
    options: parse(harness.options, options[harness.name] ?? {}, {
      code,
      fix: FIX,
      where: `${where}.${harness.name}`,
    }),
  };
}

/** The fields that every agent has, with the registry's names for `harness`. */
export function agentOf(harnesses: readonly Harness[]): z.ZodObject {
  const [first = "", ...rest] = harnesses.map(({ name }) => name);
  const meta = Agent.shape.harness.meta() ?? {};
  return Agent.extend({ harness: z.enum([first, ...rest]).meta(meta) });
}

/** The schema of one agent as it is declared: the options of every harness beside the common fields. */
export const declarationOf = (harnesses: readonly Harness[]): z.ZodObject =>
  agentOf(harnesses).extend(
    Object.fromEntries(harnesses.map((harness) => [harness.name, harness.options.optional()])),
  );

function split(
  declared: { readonly [field: string]: unknown },
  harnesses: readonly Harness[],
): { agent: Agent; options: { readonly [harness: string]: unknown } } {
  const names = new Set(harnesses.map((harness) => harness.name));
  const part = (keep: boolean) =>
    Object.fromEntries(
      Object.entries(declared).filter(
        ([key, value]) => names.has(key) === keep && value !== undefined,
      ),
    );
  return { agent: Agent.parse(part(false)), options: part(true) };
}
