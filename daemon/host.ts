import type { AgentReport } from "../schema/agent-status.ts";
import type { Action } from "../schema/api/actions.ts";
import type { HostEvent } from "../schema/api/event.ts";
import type { PromptQuestion, PromptRecord } from "../schema/prompt-record.ts";

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
  readonly events: HostEvents;
}

/** Everything that happened, as far back as it is kept. */
export interface HostEvents {
  /** The id of the last event; 0 if nothing ever happened. */
  readonly last: () => number;
  /** Those after `id` that are still known, oldest first; undefined if some are not. */
  readonly after: (id: number) => readonly HostEvent[] | undefined;
  /** Calls back with each later event until the signal; `after` already knows it then. */
  readonly follow: (tell: (event: HostEvent) => void, signal: AbortSignal) => void;
}
