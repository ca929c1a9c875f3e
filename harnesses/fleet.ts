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
type HarnessOptions<H extends Harness> = {
  readonly [K in H as K["name"]]?: z.input<K["options"]>;
};
/** `Own` are harnesses of the fleet's own. */
export type AgentInput<Own extends Harness = never> = Omit<z.input<typeof Agent>, "harness"> &
  HarnessOptions<Registered | Own> & { readonly harness: HarnessName | Own["name"] };

export interface FleetInput<Own extends Harness = never> extends z.input<typeof Libraries> {
  readonly agents: { readonly [name: string]: AgentInput<NoInfer<Own>> };
  /** Harnesses of the fleet's own. Their assets lie in `harnesses/<name>/assets` beside the fleet file. */
  readonly harnesses?: readonly Own[];
  /** Whether agents ask a stub model on loopback, without keys, instead of their providers. */
  readonly stub?: boolean;
}

/** Types a fleet file's default export; checking happens when the file is loaded. */
export const defineFleet = <Own extends Harness = never>(fleet: FleetInput<Own>): FleetInput<Own> =>
  fleet;

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
  /** Whether the stub model answers. */
  readonly stub: boolean;
}

const FleetShape = z.strictObject({
  ...Libraries.shape,
  agents: z.record(z.string(), z.unknown()),
  stub: z.boolean().default(false),
});

const FIX = "docs/options.md has every option with its type and an example";

/** Checks a declared fleet and fills in defaults. `registered` is the registry, or a test's own. */
export function parseFleet(input: unknown, registered: readonly Harness[] = HARNESSES): Fleet {
  const { own, rest } = takeOwn(input);
  const { agents, stub, ...libraries } = parse(FleetShape, rest, {
    code: "FLEET_INVALID",
    where: "fleet",
    fix: FIX,
  });
  const harnesses = [...registered, ...checkOwn(own, registered)];
  return {
    libraries,
    stub,
    agents: Object.entries(agents).map(([name, agent]) => parseAgent(name, agent, harnesses)),
  };
}

/** Harnesses are code, not data: they are checked apart from the rest. */
function takeOwn(input: unknown): { readonly own: unknown; readonly rest: unknown } {
  if (typeof input !== "object" || input === null || !("harnesses" in input))
    return { own: [], rest: input };
  const { harnesses: own, ...rest } = input;
  return { own, rest };
}

function checkOwn(own: unknown, registered: readonly Harness[]): readonly Harness[] {
  const refuse = (what: string, fix: string) => new ForgeError("FLEET_INVALID", what, { fix });
  if (!Array.isArray(own) || !own.every(isHarness)) {
    const fix = "list what defineHarness of @forge-agents/forge/recipe returned";
    throw refuse("fleet.harnesses: expected an array of harnesses", fix);
  }
  const names = [...registered, ...own].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return own;
  throw refuse(`fleet.harnesses: the name ${twice} is taken`, "give the harness another name");
}

/** Harnesses that a fleet declares as its own, before it is checked: what is none is left out. */
export function ownIn(fleet: unknown): readonly Harness[] {
  const { own } = takeOwn(fleet);
  const candidates: readonly unknown[] = Array.isArray(own) ? own : [];
  return candidates.filter(isHarness).filter(({ options }) => options instanceof z.ZodObject);
}

const isHarness = (value: unknown): value is Harness =>
  typeof value === "object" && value !== null && "trees" in value && "options" in value;

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
