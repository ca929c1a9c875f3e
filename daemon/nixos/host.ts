import { groupOf, usageIn } from "../../runtime/supervisor/systemd/cgroup.ts";
import { unitOf } from "../../runtime/supervisor/systemd/units.ts";
import type { AgentReport, AgentStatus } from "../../schema/agent-status.ts";
import type { Action } from "../../schema/api/actions.ts";
import type { EventLog } from "../event-log.ts";
import type { FleetPrompts } from "../fleet-prompts.ts";
import type { Host } from "../host.ts";
import { knownAgent } from "../known-agent.ts";
import type { HostAgent } from "./agents.ts";
import { controlUnit } from "./control.ts";
import type { Units } from "./units.ts";

interface Options {
  readonly agents: ReadonlyMap<string, HostAgent>;
  readonly units: Units;
  readonly statusOf: (agent: string) => { readonly status: AgentStatus; readonly turns: number };
  readonly prompts: FleetPrompts;
  readonly events: EventLog;
  readonly interrupt: (agent: HostAgent) => Promise<void>;
}

/** A NixOS host as the API offers it: what its configuration declares, and what systemd runs of it. */
export function nixosHost(options: Options): Host {
  const { agents, units, statusOf, prompts, events, interrupt } = options;
  const known = (name: string): HostAgent => knownAgent(agents, name, "on this host");
  const report = (agent: HostAgent): AgentReport => {
    const { name, harness, model, version } = agent;
    const group = groupOf(unitOf(name));
    return {
      ...{ name, harness, version, model },
      ...statusOf(name),
      pid: units.of(name)?.pid ?? null,
      memory: group ? usageIn(group).memory : null,
      queued: prompts.queued(name),
    };
  };
  return {
    agents: () => [...agents.values()].map(report),
    agent: (name) => report(known(name)),
    prompts: prompts.ask,
    control: async (name: string, action: Action) => {
      const agent = known(name);
      await (action === "interrupt" ? interrupt(agent) : controlUnit(name, action));
    },
    events,
  };
}
