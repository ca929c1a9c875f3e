import { existsSync } from "node:fs";
import { readPlan } from "../../plan/build/folder.ts";
import { checkManifest } from "../../runtime/supervisor/systemd/check.ts";
import { readManifest } from "../../runtime/supervisor/systemd/manifest.ts";
import { systemd } from "../../runtime/supervisor/systemd/supervisor.ts";
import { ForgeError } from "../../schema/errors.ts";
import { PATHS } from "../../schema/host-paths.ts";
import type { HarnessProgram } from "../up/find-harness.ts";
import type { Host } from "./list.ts";

/** This host's agents, or nothing where none are declared. */
export async function thisHost(): Promise<Host | undefined> {
  const declared = declaredHere();
  const runtime = PATHS.agents;
  return declared && { declared, running: await runningAgents(), runtime };
}

const declaredHere = (): Host["declared"] | undefined =>
  existsSync(PATHS.manifest) ? checkManifest(readManifest()).agents : undefined;

async function runningAgents(): Promise<readonly string[] | null> {
  try {
    const agents = await systemd.observe();
    return agents.filter(({ state }) => state === "running").map(({ name }) => name);
  } catch (error) {
    if (error instanceof ForgeError && error.code === "SYSTEMD_UNREACHABLE") return null;
    throw error;
  }
}

/** The program that an agent of this host runs for a harness; nothing if none does. */
export async function pinnedHere(harness: string): Promise<HarnessProgram | undefined> {
  const agents = Object.values(declaredHere() ?? {});
  const agent = agents.find((declared) => declared.harness === harness);
  if (agent === undefined) return undefined;
  const plan = await readPlan(agent.plan, async () => "");
  return { bin: plan.argv[0], version: plan.package.version };
}
