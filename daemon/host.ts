import type { AgentReport } from "../schema/agent-status.ts";
import type { PromptQuestion, PromptRecord } from "../schema/prompt-record.ts";

export const ACTIONS = ["start", "stop", "restart", "interrupt"] as const;
/** `interrupt` ends a running turn in the harness's own way; the harness goes on running. */
export type Action = (typeof ACTIONS)[number];

/** Something that happened; `id` grows by one with each, and goes on after a restart. */
export interface HostEvent {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly agent: string;
  readonly kind: "status" | "prompt" | "finished";
  readonly data: object;
}

/**
 * The agents of one host or of one `forge up`, as the API offers them. What is asked for wrongly, or cannot be done,
 * throws a ForgeError: AGENT_UNKNOWN, PROMPT_UNKNOWN, NOT_SUPPORTED_HERE and their like.
 */
export interface Host {
  readonly agents: () => readonly AgentReport[];
  readonly agent: (name: string) => AgentReport;
  readonly prompts: (asked: PromptQuestion) => Promise<readonly PromptRecord[]>;
  /** Idempotent: an agent that already is as asked stays so. Resolves when it is done. */
  readonly control: (agent: string, action: Action) => Promise<void>;
  readonly events: {
    /** Those after `id` that are still known, oldest first; undefined if some are not. */
    readonly after: (id: number) => readonly HostEvent[] | undefined;
    /** Calls back with each later event until the signal. */
    readonly follow: (tell: (event: HostEvent) => void, signal: AbortSignal) => void;
  };
}
