import { randomUUID } from "node:crypto";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { PromptRequest } from "../../schema/api/bodies.ts";
import { ForgeError } from "../../schema/errors.ts";
import { PATHS } from "../../schema/host-paths.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { apiOf } from "./api-of.ts";
import { spool } from "./spool.ts";

/** The prompt as it stands, or the key of one that waits in the spool for the daemon. */
export type Sent = { readonly record: PromptRecord } | { readonly spooled: string };

/**
 * Sends a prompt to an agent of a fleet, or of this host. A prompt always has a key: so it may be sent again, or
 * spooled, where the daemon's answer was lost. Throws what is refused.
 */
export async function sendPrompt(
  agent: string,
  fleet: ListedFleet | undefined,
  { key = randomUUID(), ...prompt }: PromptRequest,
): Promise<Sent> {
  try {
    return { record: await apiOf(fleet).send(agent, { ...prompt, key }) };
  } catch (error) {
    if (!(error instanceof ForgeError) || fleet !== undefined) throw error;
    if (error.code === "ACCESS_DENIED") throw denied(error);
    if (error.code !== "API_UNREACHABLE") throw error;
    await spoolFor(agent, { ...prompt, key }, error);
    return { spooled: key };
  }
}

type Keyed = PromptRequest & { readonly key: string };

async function spoolFor(agent: string, prompt: Keyed, unreachable: ForgeError): Promise<void> {
  const { text, key, priority, ttlMs } = prompt;
  const sent = Date.now();
  try {
    await spool({
      ...{ agent, text, key, sent },
      ...(priority === undefined ? {} : { priority }),
      ...(ttlMs === undefined ? {} : { expires: sent + ttlMs }),
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    throw code === "EACCES" ? denied(error) : unreachable;
  }
}

const denied = (cause: unknown): ForgeError =>
  new ForgeError("ACCESS_DENIED", "you may not send prompts to agents of this host", {
    fix: "do it as root, or have an administrator add you to the group forge-operators",
    cause,
  });

export const SPOOLED = `forged cannot be reached: the prompt waits in ${PATHS.spool}, and is taken once forged is back`;
