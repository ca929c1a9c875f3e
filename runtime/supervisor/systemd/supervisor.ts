import type { Supervisor } from "../contract.ts";
import { readAgents } from "./agents.ts";
import { runJobs } from "./jobs.ts";

/** systemd, with the units of modules/service/. */
export const systemd: Supervisor = Object.freeze({
  capabilities: { name: "systemd", resources: true, runAs: true },
  observe: async () =>
    (await readAgents()).map(({ name, unitState }) => ({ name, state: unitState })),
  stop: async (names: readonly string[]) => {
    const agents = await readAgents();
    await runJobs(
      "stop",
      agents.filter(({ name }) => names.includes(name)),
    );
  },
});
