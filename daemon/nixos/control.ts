import { readAgents } from "../../runtime/supervisor/systemd/agents.ts";
import { runJobs, type Verb } from "../../runtime/supervisor/systemd/jobs.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";

/** Has systemd do it, and waits for the end. Throws UNIT_FAILED with systemd's reason, or ACCESS_DENIED. */
export async function controlUnit(agent: string, verb: Verb): Promise<void> {
  const unit = (await readAgents()).find(({ name }) => name === agent);
  if (unit === undefined) throw gone(agent);
  const [report] = await runJobs(verb, [unit]);
  if (report?.did !== "failed") return;
  throw new ForgeError("UNIT_FAILED", `${agent}: ${report.reason ?? stateOf(unit)}`, {
    fix: `forge logs ${agent} shows its last lines`,
  });
}

const stateOf = ({ unitState }: AgentOnHost): string => `it is ${unitState}`;

const gone = (agent: string): ForgeError =>
  new ForgeError("AGENT_UNKNOWN", `${agent}: no such agent on this host`, {
    fix: "GET /v1/agents lists them",
  });
