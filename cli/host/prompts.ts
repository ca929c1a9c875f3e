import { askPrompts, type ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { isErrorCode } from "../../schema/error-catalogue.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { PromptQuestion, PromptRecord } from "../../schema/prompt-record.ts";

/** Asks the fleet that runs an agent. Throws what it refuses. */
export async function askAbout(
  fleet: ListedFleet | undefined,
  asked: PromptQuestion,
): Promise<readonly PromptRecord[]> {
  if (fleet === undefined) {
    throw new ForgeError("NOT_SUPPORTED_HERE", "prompts of agents of this host have no queue yet", {
      fix: "type it on the terminal: forge attach --take AGENT",
    });
  }
  const answer = await askPrompts(fleet, asked);
  if (answer === undefined) {
    throw new ForgeError("FLEET_NOT_RUNNING", `${fleet.fleet} does not answer`, {
      fix: "forge ps shows what runs; a prompt that was accepted is delivered after the next forge up",
    });
  }
  if ("prompts" in answer) return answer.prompts;
  const { code, message, fix } = answer.error;
  throw new ForgeError(isErrorCode(code) ? code : "NOT_SUPPORTED_HERE", message, { fix });
}
