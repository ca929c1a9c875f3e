import type { Clock } from "../../runtime/clock.ts";
import type { RunningAgent } from "../../runtime/supervisor/local/agent.ts";
import type { AgentReport } from "../../schema/agent-status.ts";
import type { Action } from "../../schema/api/actions.ts";
import { ForgeError } from "../../schema/errors.ts";
import { endTurn } from "../end-turn.ts";
import type { EventLog } from "../event-log.ts";
import type { FleetPrompts } from "../fleet-prompts.ts";
import type { Host } from "../host.ts";
import { knownAgent } from "../known-agent.ts";

/** What an agent of the fleet is declared with, beyond its plan. */
export interface Declared {
  readonly model: string;
  /** What ends a turn, a press each. */
  readonly interrupt: readonly string[];
}

interface Options {
  /** Those that were started; they may become more. */
  readonly agents: ReadonlyMap<string, RunningAgent>;
  readonly declared: ReadonlyMap<string, Declared>;
  readonly prompts: FleetPrompts;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** The fleet of one `forge up`, as the API offers it. */
export function localHost({ agents, declared, prompts, events, clock }: Options): Host {
  const known = (name: string): RunningAgent => knownAgent(agents, name, "in this fleet");
  const report = (agent: RunningAgent): AgentReport => ({
    ...{ name: agent.name, harness: agent.plan.harness, version: agent.plan.package.version },
    ...{ model: declared.get(agent.name)?.model ?? "" },
    ...{ status: agent.state(), turns: agent.turns(), pid: agent.pid(), memory: null },
    queued: prompts.queued(agent.name),
  });
  return {
    agents: () => [...agents.values()].map(report),
    agent: (name) => report(known(name)),
    prompts: prompts.ask,
    control: async (name: string, action: Action) => {
      const agent = known(name);
      if (action === "stop") return agent.stop();
      if (action === "interrupt")
        return endTurn({ ...agent, presses: declared.get(name)?.interrupt ?? [], clock });
      if (action === "start" && agent.status() === "running") return;
      throw new ForgeError("NOT_SUPPORTED_HERE", `${name}: forge up cannot ${action} one agent`, {
        fix: "stop forge up and start it again",
      });
    },
    events,
  };
}
