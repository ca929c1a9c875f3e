import * as z from "zod";
import { Activity } from "./activity-record.ts";
import { AgentStatus, State } from "./agent-status.ts";

/** What an agent's unit is doing, in one word. runtime/supervisor/systemd/unit-state.ts derives it from what systemd says. */
export const UnitState = z.enum({
  running: "running",
  starting: "starting",
  stopping: "stopping",
  /** It ended badly; systemd starts it again in a moment. */
  restarting: "restarting",
  /** Never started, stopped on request, or reset after a failure. */
  stopped: "stopped",
  /** It ended by itself, in order. */
  exited: "exited",
  crashed: "crashed",
  oom: "oom",
  killed: "killed",
  /** systemd does not start it again: too many restarts, or it cannot be started at all. */
  failed: "failed",
  masked: "masked",
  /** The manifest has it, but this machine has no unit of it. */
  missing: "missing",
});
export type UnitState = z.output<typeof UnitState>;

/** One element of what `forge ps --json` prints. */
export const AgentOnHost = z
  .strictObject({
    name: z.string(),
    declared: z.boolean().describe("False for a unit that runs on although the manifest lost it."),
    fleet: z
      .string()
      .nullable()
      .describe("Fleet file of the `forge up` that runs it; null for the host's own agents."),
    harness: z.string().nullable(),
    model: z.string().nullable(),
    unitState: UnitState,
    activity: Activity.nullable().describe(
      "What a running harness says of itself, such as `ready`; `unknown` if nothing.",
    ),
    screen: z
      .array(z.string())
      .readonly()
      .describe(
        "What the terminal showed of `activity`, a line each: the question or login that waits, or the screen of one that is `unknown`. Empty where the harness told it.",
      ),
    since: z.iso.datetime().nullable().describe("When the unit last changed its state."),
    pid: z.int().nullable().describe("The harness's own process."),
    restarts: z.int().describe("Automatic restarts since it was last started by hand."),
    memory: z.int().nullable().describe("Bytes, of the harness and its children."),
    tasks: z.int().nullable().describe("Processes and threads, of the harness and its children."),
    result: z.string().nullable().describe("systemd's own word for the last end, if it has ended."),
    exitStatus: z.int().nullable().describe("With which the harness last ended by itself."),
    signal: z.string().nullable().describe("By which the harness was last ended."),
    status: AgentStatus.nullable().describe(
      "What the agent does, as forge's API tells it; null where the API does not answer.",
    ),
    turns: z
      .int()
      .nullable()
      .describe(
        "Turns that ended since the agent last started; null where the API does not answer.",
      ),
    queued: z
      .int()
      .nullable()
      .describe("Prompts without a verdict; null where the API does not answer."),
  })
  .meta({ id: "AgentOnHost", description: "An agent, as systemd or `forge up` sees it." });
export type AgentOnHost = z.output<typeof AgentOnHost>;

/** One element of what `forge start|stop|restart --json` prints. */
export const JobReport = z
  .strictObject({
    name: z.string(),
    did: z
      .enum(["started", "stopped", "restarted", "nothing", "failed"])
      .describe("`nothing` if the agent already was as asked."),
    state: UnitState.describe("Afterwards."),
    since: z.iso.datetime().nullable(),
    pid: z.int().nullable(),
    reason: z.string().nullable().describe("Why it failed, in systemd's words."),
    journal: z
      .array(z.string())
      .readonly()
      .describe("The agent's last lines since then, if it failed."),
  })
  .meta({ id: "JobReport", description: "What became of one agent." });
export type JobReport = z.output<typeof JobReport>;

/** One element of what `forge interrupt --json` prints. */
export const InterruptReport = z
  .strictObject({
    name: z.string(),
    did: z
      .enum(["interrupted", "nothing", "failed"])
      .describe("`nothing` if no turn ran, `failed` if it goes on."),
    state: State.nullable().describe("Afterwards; null if it failed."),
    reason: z.string().nullable().describe("Why it failed."),
  })
  .meta({ id: "InterruptReport", description: "What became of an agent's turn." });
export type InterruptReport = z.output<typeof InterruptReport>;

/** One element of what `forge harness ls --json` prints. */
export const ListedHarness = z
  .strictObject({
    name: z.string(),
    nixpkgs: z.string().describe("Attribute in nixpkgs."),
    npm: z.string().describe("Package on npm."),
    licence: z.string(),
    unfree: z.boolean(),
    tested: z.string().nullable().describe("Version on npm that forge's own tests run."),
    pinned: z
      .array(z.string())
      .readonly()
      .describe(
        "Versions that this host's agents are declared with; elsewhere the one that npm has here.",
      ),
    running: z
      .array(z.string())
      .readonly()
      .nullable()
      .describe("Versions that run now; null where nobody can tell."),
  })
  .meta({ id: "ListedHarness", description: "A harness that agents can run in." });
export type ListedHarness = z.output<typeof ListedHarness>;

/** One element of what `forge doctor --json` prints. */
export const Finding = z
  .strictObject({
    code: z.string().describe("A code of docs/errors.md, or a short name in small letters."),
    about: z.string().describe("What it is about: an agent, a file, forged."),
    what: z.string().describe("What is wrong."),
    fix: z.string().describe("What to do about it."),
  })
  .meta({ id: "Finding", description: "Something that is wrong on this host or with a fleet." });
export type Finding = z.output<typeof Finding>;
