import { userInfo } from "node:os";
import { Command } from "commander";
import type { AgentOnHost, Finding } from "../../schema/command-output.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { agentFindings } from "../doctor/agents.ts";
import { foundBy } from "../doctor/found.ts";
import { hostFindings, thisHost } from "../doctor/host.ts";
import { machineFindings } from "../doctor/machine.ts";
import { sourceFindings } from "../doctor/sources.ts";
import { findFleets, isHost } from "../host/agents.ts";
import { sourceOf } from "../host/sources.ts";
import { findAgentsWithStatus } from "../host/statuses.ts";
import { print, printJson } from "../print.ts";

export const doctorCommand = (): Command =>
  new Command("doctor")
    .description(
      "Say what is wrong on this host or with your fleets, and what to do; exits with 1 then",
    )
    .option("--json", "as JSON: an array with one object per finding")
    .action(async ({ json }: { json?: true }) => {
      const { findings, agents } = await examine();
      if (json) printJson(`${JSON.stringify(findings, null, 2)}\n`);
      else if (findings.length > 0) print(findings.map(inWords).join(""));
      else print(`nothing is wrong (agents: ${agents.length})\n`);
      if (findings.length > 0) process.exitCode = 1;
    });

interface Examined {
  readonly findings: readonly Finding[];
  readonly agents: readonly AgentOnHost[];
}

/** A host brings its own programs; without one, `forge up` needs those of the machine. */
async function examine(): Promise<Examined> {
  const fleets = await findFleets();
  const isOfHost = isHost();
  const machine = { env: process.env, nodeVersion: process.versions.node };
  const ofHost = isOfHost
    ? await hostFindings(thisHost(userInfo().username, process.getgroups?.() ?? []))
    : [];
  const isShut = ofHost.some(({ about }) => about === PATHS.api);
  const sources = [...(isOfHost && !isShut ? [undefined] : []), ...fleets].map(sourceOf);
  const ofSources = (await Promise.all(sources.map(sourceFindings))).flat();
  const { agents, findings } = await examineAgents();
  const isEmpty = !isOfHost && fleets.length === 0;
  return {
    agents,
    findings: [
      ...(isEmpty ? [NOTHING] : []),
      ...ofHost,
      ...(isOfHost && fleets.length === 0 ? [] : await machineFindings(machine)),
      ...ofSources,
      // A manifest that cannot be read keeps all agents from being found, and is told already.
      ...findings.filter(({ what }) => ofHost.every((known) => known.what !== what)),
    ],
  };
}

async function examineAgents(): Promise<Examined> {
  try {
    const { all } = await findAgentsWithStatus();
    return { agents: all, findings: agentFindings(all) };
  } catch (error) {
    return { agents: [], findings: [foundBy("agents", error)] };
  }
}

const NOTHING: Finding = {
  ...{ code: "MANIFEST_MISSING", about: PATHS.manifest },
  what: "this machine declares no agents, and no forge up runs",
  fix: "declare agents in services.forge of its NixOS configuration, or start a fleet with forge up",
};

const inWords = ({ code, about, what, fix }: Finding): string =>
  `${code}: ${about}: ${what}\n  → ${fix}\n`;
