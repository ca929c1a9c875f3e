import { systemClock } from "../../runtime/clock.ts";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { PromptRequest } from "../../schema/api/bodies.ts";
import { ForgeError } from "../../schema/errors.ts";
import { type Awaited, isAwaited } from "../../schema/phases.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import type { Agents } from "./agents.ts";
import { apiOf } from "./api-of.ts";
import { choose } from "./choose.ts";
import { sendPrompt } from "./send.ts";

export interface Recipient {
  readonly agent: string;
  readonly fleet: ListedFleet | undefined;
}

/** What became of the prompt for one agent. */
export type Outcome =
  | { readonly agent: string; readonly record: PromptRecord }
  | { readonly agent: string; readonly spooled: string }
  | { readonly agent: string; readonly refused: ForgeError };

/** The agents of these names, or all that are declared. Throws AGENT_UNKNOWN. */
export function recipients(
  { all, fleets }: Agents,
  names: readonly string[] | "all",
): readonly Recipient[] {
  const chosen = names === "all" ? all.filter(({ declared }) => declared) : choose(all, names);
  if (chosen.length === 0) {
    throw new ForgeError("AGENT_UNKNOWN", "no agents run here", {
      fix: "forge up starts those of a fleet file",
    });
  }
  return chosen.map((agent) => ({
    agent: agent.name,
    fleet: fleets.find((fleet) => fleet.agents.includes(agent)),
  }));
}

/** One request waits this long at most; then the prompt is looked at now and then. Milliseconds. */
const WAIT_MOST = 600_000;
const LOOK_EVERY = 1000;

/** Sends the prompt to each, all at once, and waits for each until it is as awaited. */
export function sendToAll(
  to: readonly Recipient[],
  prompt: Omit<PromptRequest, "wait" | "waitMs">,
  until: Awaited | undefined,
): Promise<readonly Outcome[]> {
  return Promise.all(
    to.map(async ({ agent, fleet }): Promise<Outcome> => {
      try {
        const waiting = until === undefined ? {} : { wait: until, waitMs: WAIT_MOST };
        const sent = await sendPrompt(agent, fleet, { ...prompt, ...waiting });
        if ("spooled" in sent) return { agent, ...sent };
        return { agent, record: until ? await awaited(until, sent.record, fleet) : sent.record };
      } catch (error) {
        if (error instanceof ForgeError) return { agent, refused: error };
        throw error;
      }
    }),
  );
}

async function awaited(
  until: Awaited,
  record: PromptRecord,
  fleet: ListedFleet | undefined,
): Promise<PromptRecord> {
  if (isAwaited(until, record)) return record;
  await systemClock.sleep(LOOK_EVERY);
  return awaited(until, await apiOf(fleet).prompt(record.id), fleet);
}
