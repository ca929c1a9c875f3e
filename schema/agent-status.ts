import * as z from "zod";

/** What an agent does, in one word, at any time. `unknown` is never taken for `ready`. */
export const STATES = [
  "stopped",
  "starting",
  "ready",
  "busy",
  /** In a turn, and nothing changed for longer than `stuckAfter`; or stopped by the kernel (SIGSTOP) for as long. */
  "stuck",
  "waiting-permission",
  "waiting-login",
  /** A login that worked does not any more. */
  "login-expired",
  "rate-limited",
  "restarting",
  "stopping",
  "exited",
  /** It is not started again by itself. */
  "failed",
  "unknown",
] as const;
export const State = z.enum(STATES);
export type State = z.output<typeof State>;

/** Who told the state: the supervisor, the harness itself (a hook, its channel, its session file), or the terminal. */
export const Source = z.enum(["supervisor", "harness", "session", "screen"]);

/** Times are milliseconds since 1970. */
export const AgentStatus = z
  .strictObject({
    state: State,
    since: z.int().describe("When the agent came into this state."),
    source: Source.nullable().describe("Null if nobody told anything yet."),
    event: z
      .string()
      .nullable()
      .describe("What it is known by: a hook's name, a sign's, systemd's word for an end."),
    screen: z
      .array(z.string())
      .readonly()
      .describe("What the terminal shows of it, such as the question that waits; a line each."),
    until: z
      .int()
      .nullable()
      .describe("When a rate limit ends, where the harness says so, or the next start comes."),
  })
  .meta({ id: "AgentStatus", description: "What an agent does, since when, and how it is known." });
export type AgentStatus = z.output<typeof AgentStatus>;

/** An agent, as the daemon and `forge up` tell of it. */
export const AgentReport = z
  .strictObject({
    name: z.string(),
    harness: z.string(),
    version: z.string().describe("Of the harness."),
    model: z.string(),
    status: AgentStatus,
    pid: z.int().nullable().describe("The harness's own process."),
    memory: z.int().nullable().describe("Bytes, of the harness and its children."),
    turns: z.int().describe("Turns that ended since the agent last started."),
    queued: z.int().describe("Prompts without a verdict. An idle agent with any has due work."),
  })
  .meta({ id: "AgentReport", description: "One agent of the host." });
export type AgentReport = z.output<typeof AgentReport>;
