import { setTimeout as sleep } from "node:timers/promises";
import type { AgentOnHost, JobReport, UnitState } from "../../../schema/command-output.ts";
import { ForgeError } from "../../../schema/errors.ts";
import { readAgents } from "./agents.ts";
import { lastLines } from "./journal.ts";
import { capture } from "./programs.ts";
import { isBroken, stateInWords } from "./unit-state.ts";
import { unitOf } from "./units.ts";

export type Verb = "start" | "stop" | "restart";

const UP: readonly UnitState[] = ["running", "starting"];
const DOWN: readonly UnitState[] = ["stopped", "exited", "crashed", "oom", "killed", "failed"];

const GOALS: {
  readonly [V in Verb]: { readonly did: JobReport["did"]; readonly states: readonly UnitState[] };
} = {
  start: { did: "started", states: UP },
  restart: { did: "restarted", states: UP },
  stop: { did: "stopped", states: DOWN },
};

/** What cannot run ends at once, but after systemd has called its start a success. */
const SETTLED_MS = 500;

/** Does it to all of these agents at once, waits for the end, and tells of each. Idempotent. */
export async function runJobs(
  verb: Verb,
  agents: readonly AgentOnHost[],
): Promise<readonly JobReport[]> {
  const { did, states } = GOALS[verb];
  const begin = Date.now();
  const pending = agents.filter(
    ({ unitState }) => verb === "restart" || !states.includes(unitState),
  );
  const complaints = pending.length > 0 ? await systemctl(verb, pending) : [];
  const end = Date.now();
  if (verb !== "stop" && pending.length > 0) await sleep(SETTLED_MS);
  const after = pending.length > 0 ? await readAgents() : [];

  /** It changed again after the job was done: it died, and systemd has restarted it. */
  const fellOver = ({ since }: AgentOnHost) =>
    verb !== "stop" && since !== null && Date.parse(since) > end;

  const reportOf = async (before: AgentOnHost): Promise<JobReport> => {
    if (!pending.includes(before)) return report(before, "nothing");
    // An undeclared unit is gone once it is stopped.
    const gone = { ...before, unitState: "stopped", since: null, pid: null } as const;
    const agent = after.find(({ name }) => name === before.name) ?? gone;
    if (states.includes(agent.unitState) && !fellOver(agent)) return report(agent, did);
    const complaint = complaints.find((line) => line.includes(unitOf(agent.name)));
    const reason = fellOver(agent) ? `it ended at once, and is ${agent.unitState}` : complaint;
    return {
      ...report(agent, "failed"),
      reason: isBroken(agent.unitState) ? stateInWords(agent) : (reason ?? stateInWords(agent)),
      journal: await lastLines(agent.name, begin),
    };
  };
  return Promise.all(agents.map(reportOf));
}

const report = (
  { name, unitState: state, since, pid }: AgentOnHost,
  did: JobReport["did"],
): JobReport => ({
  name,
  did,
  state,
  since,
  pid,
  reason: null,
  journal: [],
});

/** Returns what systemctl complained of, one line for each problem. */
async function systemctl(verb: Verb, agents: readonly AgentOnHost[]): Promise<readonly string[]> {
  const stuck = agents.filter(({ unitState }) => verb !== "stop" && unitState === "failed");
  // What has failed too often may be started again by a person at once.
  if (stuck.length > 0) await onUnits("reset-failed", stuck);
  const { stderr } = await onUnits(verb, agents);
  if (/access denied|authentication required|permission denied/i.test(stderr)) {
    throw new ForgeError("ACCESS_DENIED", `you may not ${verb} agents on this host`, {
      fix: "do it as root, or have an administrator add you to the group forge-operators",
    });
  }
  return stderr.split("\n").filter((line) => line !== "" && !line.startsWith("See "));
}

const onUnits = (verb: string, agents: readonly AgentOnHost[]) =>
  capture("systemctl", [verb, "--no-ask-password", ...agents.map(({ name }) => unitOf(name))]);
