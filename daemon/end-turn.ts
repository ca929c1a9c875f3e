import { type Interruption, interrupt } from "../runtime/terminal/engine/interrupt.ts";
import { ForgeError } from "../schema/errors.ts";
import type { Plan } from "../schema/plan.ts";

interface Options extends Pick<Interruption, "terminal" | "presses" | "clock"> {
  readonly name: string;
  readonly plan: Pick<Plan, "terminal">;
}

/** Ends an agent's turn, if one runs. Throws NOT_SUPPORTED_HERE for a harness that cannot, TURN_GOES_ON if it did not end. */
export async function endTurn({ name, plan, presses, ...rest }: Options): Promise<void> {
  if (presses.length === 0) {
    throw new ForgeError("NOT_SUPPORTED_HERE", `${name}: its harness has no way to end a turn`, {
      fix: `restart the agent: forge restart ${name}`,
    });
  }
  try {
    await interrupt({ ...rest, presses, signs: plan.terminal });
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw new ForgeError("TURN_GOES_ON", `${name}: ${why}`, {
      fix: `look at it: forge attach ${name}`,
      cause,
    });
  }
}
