import * as z from "zod";
import { AgentName, LibraryName, VariableName } from "./names.ts";
import { CpuWeight, MemorySize, TaskCount } from "./resources.ts";

const absolute = z.string().regex(/^\//, { error: "expected an absolute path" });

/** Relative to the agent's state directory; no empty, `.` or `..` segment; `.forge` is the launcher's own. */
export const StatePath = z.string().regex(/^(?!\.forge(\/|$))(?!(.*\/)?\.{0,2}(\/|$))[^/]/s, {
  error: "expected a path inside the state directory, without . or .. and not under .forge",
});

/** A shell sets or obeys these itself, so the launcher could not hand them on; an alternation for both regular languages. */
export const OF_THE_SHELL =
  "BASH.*|COMP_.*|DIRSTACK|ENV|EPOCH.*|EUID|FUNCNAME|GROUPS|HISTCMD|IFS|LINENO|OLDPWD|PPID|PWD|S?RANDOM|SECONDS|SHELLOPTS|SHLVL|UID|_";

const PlanVariable = VariableName.regex(new RegExp(`^(?!(${OF_THE_SHELL})$)`), {
  error: "expected a variable that the shell does not keep for itself",
});

const json: z.ZodType<z.core.util.JSONType> = z.json();

export const PlanFile = z.union([
  z.strictObject({ text: z.string(), executable: z.boolean().exactOptional() }),
  z.strictObject({ json }),
  z.strictObject({ toml: z.record(z.string(), json) }),
  z.strictObject({ source: absolute }),
]);

/**
 * A regular expression for the pane's title, or for some line of the screen; `\n` parts it into expressions for lines
 * that follow each other. JavaScript and POSIX extended must read it alike.
 */
export const Sign = z.union([
  z.strictObject({ screen: z.string() }),
  z.strictObject({ title: z.string() }),
]);
export type Sign = z.output<typeof Sign>;

/** Fields of a `Terminal` that are signs. */
export const SIGNS = ["ready", "busy", "login", "dialog", "rateLimited", "refused"] as const;

/** How the world recognises and drives the harness on its terminal. */
export const Terminal = z.strictObject({
  /** Shows when the harness can take a prompt, and in no dialog; it may also show during a turn. */
  ready: Sign,
  /** Shows during a turn only: ready means `ready` and not `busy`. */
  busy: Sign,
  /** Shows while a person is asked to log in. */
  login: Sign.nullable(),
  /** Shows in a dialog of any other kind, such as the question whether a tool may run. */
  dialog: Sign.nullable(),
  /** Shows while the provider refuses for a while. */
  rateLimited: Sign.nullable(),
  /** Shows once the provider refused the key; unlike `login` it may stay in view from an earlier turn or run. */
  refused: Sign.nullable(),
  /** Keys, as tmux names them, that empty the composer; at an empty one they may already end the harness. */
  clear: z.array(z.string().regex(/^[A-Za-z0-9-]+$/)),
  /** Text that quits the harness. */
  quit: z.string(),
  /** Milliseconds that the harness needs between a paste and Enter. */
  submitDelay: z.int().min(0).max(5000),
});
export type Terminal = z.output<typeof Terminal>;

/** What a harness needs to find in a folder of the library; it leaves out what lacks it, without a word. */
export const LibraryForm = z.strictObject({
  /** Fields in the front matter of a skill's SKILL.md. */
  skillFields: z.array(z.string()),
  /** A plugin has at least one of these files and folders; "" if it may be a file itself. */
  pluginFiles: z.array(z.string()),
});
export type LibraryForm = z.output<typeof LibraryForm>;

/**
 * An argument by which a harness trusts the workspace under each of its names, which only the launcher knows. In `each`,
 * `{workspace}` stands for one of them, quoted as JSON and TOML do.
 */
export const Trust = z.strictObject({
  flag: z.string(),
  before: z.string(),
  each: z.string(),
  after: z.string(),
});
export type Trust = z.output<typeof Trust>;

/** A command line that is no terminal program: argv[0] is absolute, `env` comes on top of the plan's. */
const Command = {
  argv: z.tuple([absolute], z.string()),
  env: z.record(PlanVariable, z.string()),
};

/** How a one-shot run asks: the prompt is the last argument, all of standard input, or a message of the harness's own protocol. */
export const Headless = z.strictObject({
  ...Command,
  prompt: z.enum(["argument", "stdin", "rpc"]),
});
export type Headless = z.output<typeof Headless>;

/** The Agent Client Protocol, over standard input and output. */
export const Acp = z.strictObject(Command);

/** The launcher's line on the terminal when a conversation goes on, until the harness draws over it. */
export const GOES_ON = "forge: goes on with its conversation";

/** Stands in `resume` for the id of the conversation to go on with. */
export const SESSION = "{session}";

/** Everything needed to start one agent. Nix and the interpreter make equal plans; `forge plan build` checks them. */
export const Plan = z.strictObject({
  version: z.literal(1),
  agent: AgentName,
  description: z.string(),
  harness: z.string(),
  package: z.strictObject({ name: z.string(), version: z.string() }),
  argv: z.tuple([absolute], z.string()),
  /** Follow argv[0] when there is a conversation to go on with; `{session}` is its id. */
  resume: z.array(z.string()),
  env: z.record(PlanVariable, z.string()),
  credentials: z.record(
    PlanVariable,
    z.strictObject({ source: absolute, delivery: z.enum(["env", "file"]) }),
  ),
  /** Files of NAME=value lines, whose variables the agent gets too. */
  environmentFiles: z.array(absolute),
  files: z.record(StatePath, PlanFile),
  seed: z.record(StatePath, z.record(z.string(), json)),
  /** null for a harness that asks about no folder, or reads the answer from a seed. */
  trust: Trust.nullable(),
  /** SQLite databases of the harness: one that is damaged is moved aside before a start. */
  databases: z.array(StatePath),
  /** Links to what the agent's person has, laid where that exists and nothing of the agent's is in the way. */
  links: z.record(StatePath, absolute),
  /** What the agent uses of the library, by name; `plan build` looks whether the harness will find it. */
  library: LibraryForm.extend({
    skills: z.record(LibraryName, absolute),
    plugins: z.record(LibraryName, absolute),
  }),
  home: absolute,
  workdir: absolute,
  terminal: Terminal,
  headless: Headless,
  acp: Acp.nullable(),
  resources: z.strictObject({
    memoryMax: MemorySize.nullable(),
    tasksMax: TaskCount,
    cpuWeight: CpuWeight,
  }),
});
export type Plan = z.output<typeof Plan>;
export type PlanFile = z.output<typeof PlanFile>;
