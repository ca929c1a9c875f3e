import * as z from "zod";
import { Agent, Permissions } from "../agent.ts";
import { ForgeError } from "../errors.ts";
import { Libraries } from "../library.ts";
import { AgentName, LibraryName } from "../names.ts";
import {
  type Headless,
  type LibraryForm,
  SESSION,
  SIGNS,
  type Sign,
  type Terminal,
  type Trust,
} from "../plan.ts";
import type { SessionFiles } from "../session-record.ts";
import { deepFreeze, type Node, reads } from "./node.ts";
import { expression, record } from "./record.ts";
import type { Expr, Items, Lifted, Text, Value } from "./types.ts";

/** Where an agent lives. Each back end knows it in its own way and gives it to the plan. */
export const Place = z.strictObject({
  name: AgentName,
  /** State directory of the agent. Everything the harness writes goes below it. */
  home: z.string(),
  /** Where the harness starts: the agent's workspace, or `<home>/workspace`. */
  workdir: z.string(),
  /** Absolute path of the harness's program. */
  bin: z.string(),
  /** Value of PATH: absolute directories only. */
  path: z.string(),
  /** Absolute path of the shell that the agent's tools get. */
  shell: z.string(),
  package: z.strictObject({ name: z.string(), version: z.string() }),
  /** Absolute path of `forge-signal`, by which hooks and plugins of the harness tell its state. */
  signal: z.string(),
  /** Absolute path of the recipe's folder `assets`: plugins that the harness loads. */
  assets: z.string(),
  /** Whether what supervises the agent confines it as NixOS units do. A sandbox of the harness's own cannot work there. */
  confined: z.boolean(),
  /** Home of the person whose agent it is, and whose login it shares; null for an agent with a user of its own. */
  person: z.string().nullable(),
  /** Absolute path of the program that speaks ACP for the harness; null where there is none. */
  adapter: z.string().nullable(),
});
export type Place = z.output<typeof Place>;

/** What of an agent's declaration a recipe may read. Its package is a build, not data: `place` tells what it holds. */
const Readable = Agent.omit({ package: true });

/** What a recipe reads: the agent's fields, its place, and its own harness's options. */
export type Subject<O extends z.ZodObject = z.ZodObject> = Expr<z.output<typeof Readable>> &
  Expr<Place> & { readonly options: Expr<z.output<O>> };
export type Library = Expr<Libraries>;

type Build<O extends z.ZodObject, R> = (agent: Subject<O>, library: Library) => R;

/** A combination of values that cannot work: which option, what is wrong, and what to do. */
export type Problem = {
  readonly option: Text;
  readonly problem: Text;
  readonly fix: Text;
};

/** Where a program comes from: attribute in nixpkgs, package on npm, name of the executable. */
export interface Source {
  readonly nixpkgs: string;
  readonly npm: string;
  readonly bin: string;
  readonly licence: string;
  readonly unfree: boolean;
}

/** A command line with its program; `env` comes on top of the agent's. */
interface Command {
  readonly argv: Items<Text>;
  readonly env: { readonly [name: string]: Text };
}

/**
 * Where the harness keeps a person's login: a folder below their home, and how an agent of theirs comes to share it:
 * by a variable that names the folder, or by a link `as`, below its state directory, to a file in it.
 */
export type Login =
  | { readonly folder: string; readonly variable: string }
  | { readonly folder: string; readonly file: string; readonly as: string };

/** What makes an agent of a harness ask the stub model instead of a provider. */
export interface StubAgent<O extends z.ZodObject = z.ZodObject> {
  readonly model: string;
  /** Name of the secret that holds the provider's key; the stub takes any. */
  readonly secret: string;
  readonly options: z.input<O>;
}

/** A model and the secret with its provider's key, for the first fleet that `forge init` writes. */
export interface FirstAgent {
  readonly model: string;
  readonly secret: string;
}

export interface Recipe<O extends z.ZodObject> {
  readonly name: string;
  readonly package: Source;
  /** Version on npm that the tests run; null while there is none. */
  readonly tested: string | null;
  readonly first: FirstAgent;
  /** The program that speaks ACP for a harness that does not do it itself. */
  readonly adapter: Source | null;
  readonly options: O;
  readonly terminal: Terminal;
  /** The line that says that a request to the model failed, now or in an earlier turn. `forge up` shows it to people. */
  readonly failure?: Sign | null;
  /** Shows while the composer is empty, and no person has typed into it. Without it no prompt can be sent to the agent. */
  readonly composer?: Sign | null;
  /** What a person types to end a running turn, a press each; the harness goes on running. */
  readonly interrupt?: readonly string[];
  /** Its conversations. Without them forge shows no transcript, and no prompt of the agent becomes finished. */
  readonly sessions?: SessionFiles | null;
  readonly library: LibraryForm;
  readonly trust: Trust | null;
  readonly login: Login;
  /** SQLite databases below the state directory that the harness hangs on when they are damaged. */
  readonly databases: readonly string[];
  /** Names of the files in the recipe's folder `assets`. */
  readonly assets: readonly string[];
  /** Arguments before all others that continue the conversation `{session}`; none if the harness cannot. */
  readonly resume: readonly string[];
  readonly rules: Build<O, Items<Problem>>;
  /** Arguments after argv[0]; `extraArgs` follow them. */
  readonly argv: Build<O, Items<Text>>;
  /** Variables beyond the common ones (HOME, PATH, SHELL, LANG); `environment` is laid over them. */
  readonly env: Build<O, { readonly [name: string]: Text }>;
  /** Files under the state directory that forge owns: laid anew at every start. */
  readonly files: Build<O, { readonly [path: string]: FileValue }>;
  /** JSON files that the harness owns: merged into, never over, what it wrote. */
  readonly seed: Build<O, { readonly [path: string]: Value }>;
  /** How one prompt is answered without a terminal. */
  readonly headless: Build<O, Command & { readonly prompt: Headless["prompt"] }>;
  readonly acp: Build<O, Command | Lifted<Command | null> | null>;
  /** For `forge harness check` and tests: `url` is http://127.0.0.1:PORT, without the provider's path. */
  readonly stub: (url: string) => StubAgent<O>;
}

/** A recipe as data: the recorded trees, over the variables `agent`, `options`, `place` and `library`. */
export interface Harness<Name extends string = string, O extends z.ZodObject = z.ZodObject> {
  readonly name: Name;
  readonly package: Source;
  readonly tested: string | null;
  readonly first: FirstAgent;
  readonly adapter: Source | null;
  readonly options: O;
  readonly terminal: Terminal;
  readonly failure: Sign | null;
  readonly composer: Sign | null;
  readonly interrupt: readonly string[];
  readonly sessions: SessionFiles | null;
  readonly library: LibraryForm;
  readonly trust: Trust | null;
  readonly login: Login;
  readonly databases: readonly string[];
  readonly assets: readonly string[];
  readonly resume: readonly string[];
  readonly trees: { readonly [K in TreeName]: Node };
  readonly stub: (url: string) => StubAgent<O>;
}
export const TREES = ["rules", "argv", "env", "files", "seed", "headless", "acp"] as const;
export type TreeName = (typeof TREES)[number];

const refusal = (what: string, fix: string): ForgeError =>
  new ForgeError("RECIPE_INVALID", what, { fix });

/** Names of harnesses stand beside the fields of every agent. */
export function checkHarnessName(name: string): void {
  if (!LibraryName.safeParse(name).success)
    throw refusal(`${name}: the name cannot be used`, "use a-z, 0-9 and -");
  if (Object.hasOwn(Agent.shape, name))
    throw refusal(`${name}: every agent has a field of that name`, "choose another name");
}

/** What a recipe's author may get wrong beyond types. */
function checkRecipe({ name, terminal, failure, composer, resume }: Recipe<z.ZodObject>): void {
  checkHarnessName(name);
  if (resume.length > 0 && !resume.includes(SESSION))
    throw refusal(
      `${name}: resume names no conversation`,
      `give ${SESSION} as one of its arguments`,
    );
  const signs = { ...terminal, failure, composer };
  for (const sign of [...SIGNS, "failure", "composer"] as const) {
    const value = signs[sign];
    if (!value) continue;
    const pattern = "screen" in value ? value.screen : value.title;
    try {
      new RegExp(pattern);
    } catch (cause) {
      throw new ForgeError("RECIPE_INVALID", `${name}.terminal.${sign}: ${String(cause)}`, {
        fix: "give a JavaScript regular expression",
        cause,
      });
    }
  }
}

/** An entry of `permissions` that the harness ignores would let a denied tool run, so somebody has to look. */
function checkPermissions(name: string, trees: Harness["trees"]): void {
  const { rules, ...others } = trees;
  for (const list of Object.keys(Permissions.shape)) {
    const path = `agent.permissions.${list}`;
    if (!Object.values(others).some((tree) => reads(tree, path)) || reads(rules, path)) continue;
    throw refusal(
      `${name}: permissions.${list} is used, and no rule checks its entries`,
      `add ...strangeEntries("permissions.${list}", a.permissions.${list}, …) to rules`,
    );
  }
}

/** Data with the format it is written in, or a link: exactly one of these. */
export type FileValue =
  | { readonly text: Text; readonly executable?: boolean }
  | { readonly json: Value }
  | { readonly toml: { readonly [key: string]: Value } }
  | { readonly source: Text };

/** Checks a recipe and records its builders: what is frozen here is all that generator and interpreter see. */
export function defineHarness<const Name extends string, O extends z.ZodObject>(
  recipe: Recipe<O> & { readonly name: Name },
): Harness<Name, O> {
  checkRecipe(recipe);
  const tree = (key: TreeName): Node =>
    recordFor(recipe.options, recipe[key], `${recipe.name}.${key}`);
  const trees = Object.freeze({
    rules: tree("rules"),
    argv: tree("argv"),
    env: tree("env"),
    files: tree("files"),
    seed: tree("seed"),
    headless: tree("headless"),
    acp: tree("acp"),
  });
  checkPermissions(recipe.name, trees);
  return Object.freeze({
    name: recipe.name,
    package: deepFreeze(recipe.package),
    tested: recipe.tested,
    first: deepFreeze(recipe.first),
    adapter: deepFreeze(recipe.adapter),
    options: recipe.options,
    terminal: deepFreeze(recipe.terminal),
    failure: deepFreeze(recipe.failure ?? null),
    composer: deepFreeze(recipe.composer ?? null),
    interrupt: deepFreeze(recipe.interrupt ?? []),
    sessions: recipe.sessions ? Object.freeze({ ...recipe.sessions }) : null,
    library: deepFreeze(recipe.library),
    trust: deepFreeze(recipe.trust),
    login: deepFreeze(recipe.login),
    databases: deepFreeze(recipe.databases),
    assets: deepFreeze(recipe.assets),
    resume: deepFreeze(recipe.resume),
    trees,
    stub: recipe.stub,
  });
}

/** Records a builder over an agent whose harness has these options. */
export const recordFor = <O extends z.ZodObject>(
  options: O,
  build: Build<O, unknown>,
  where: string,
): Node =>
  record(() => build(subject<O>(options), variable<Libraries>("library", Libraries)), where);

const variable = <T>(name: string, schema: z.ZodType): Expr<T> =>
  expression<T>({ op: "variable", name }, schema);

/** Fields are read through getters, so that an expression exists only once a recipe uses it. */
function subject<O extends z.ZodObject>(options: O): Subject<O>;
function subject(options: z.ZodObject): unknown {
  const from = { agent: Readable, place: Place };
  const target = { options: variable("options", options) };
  for (const [name, schema] of Object.entries(from)) {
    for (const key of Object.keys(schema.shape)) {
      Object.defineProperty(target, key, {
        get: () => Reflect.get(variable<object>(name, schema), key),
      });
    }
  }
  return target;
}
