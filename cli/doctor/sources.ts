import type { Finding } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { Source } from "../host/sources.ts";
import { foundBy } from "./found.ts";

const PATIENCE = 2000;

/** Whether an API answers, and keeps prompts: the ledger may be refused, or Node too old. */
export async function sourceFindings(source: Source): Promise<readonly Finding[]> {
  const about = source.fleet?.fleet ?? "forged";
  try {
    const { agents } = await source.read.agents(AbortSignal.timeout(PATIENCE));
    const [agent] = agents;
    if (agent) await source.read.prompts(agent.name, 1);
    return [];
  } catch (error) {
    const known = error instanceof ForgeError ? error : unanswered(error);
    const isHost = source.fleet === undefined && known.code === "API_UNREACHABLE";
    const fix = isHost ? "systemctl status forged forged.socket shows why" : known.fix;
    return [{ ...foundBy(about, known), fix }];
  }
}

function unanswered(error: unknown): ForgeError {
  const isLate = error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name);
  if (!isLate) throw error;
  return new ForgeError("API_UNREACHABLE", `no answer came for ${PATIENCE / 1000} s`, {
    fix: "end it, and start it again",
  });
}
