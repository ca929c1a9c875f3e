import type { AgentReport } from "../../schema/agent-status.ts";
import type { InterruptReport } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { apiOf } from "./api-of.ts";
import type { Recipient } from "./send-all.ts";

export interface Interrupted {
  readonly report: InterruptReport;
  readonly error: ForgeError | undefined;
}

const IN_TURN: readonly AgentReport["status"]["state"][] = ["busy", "stuck"];

/** Ends the turn of an agent, if one runs, in the harness's own way. */
export async function interruptAgent({ agent, fleet }: Recipient): Promise<Interrupted> {
  const api = apiOf(fleet);
  try {
    const before = await api.agent(agent);
    const after = await api.control(agent, "interrupt");
    const isEnded = IN_TURN.includes(before.status.state) || after.turns > before.turns;
    const did = isEnded ? "interrupted" : "nothing";
    const report = { name: agent, did, state: after.status.state, reason: null } as const;
    return { report, error: undefined };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const report = { name: agent, did: "failed", state: null, reason: error.message } as const;
    return { report, error };
  }
}
