import type { AgentOnHost } from "../../schema/command-output.ts";

/** What changed of one agent's harness. */
export interface UnitChange {
  readonly agent: string;
  readonly kind: "started" | "ended";
}

/** The units of a host's agents, as systemd last told. */
export interface Units {
  readonly isRunning: (agent: string) => boolean;
  readonly of: (agent: string) => AgentOnHost | undefined;
  /** Returns what changed; a harness that was restarted meanwhile has ended and started. */
  readonly update: (agents: readonly AgentOnHost[]) => readonly UnitChange[];
}

const processOf = (agent: AgentOnHost | undefined): number | null =>
  agent?.unitState === "running" ? agent.pid : null;

export function createUnits(): Units {
  let known = new Map<string, AgentOnHost>();
  return {
    isRunning: (agent) => processOf(known.get(agent)) !== null,
    of: (agent) => known.get(agent),
    update: (agents) => {
      const before = known;
      known = new Map(agents.map((agent) => [agent.name, agent]));
      return [...new Set([...before.keys(), ...known.keys()])].flatMap((agent) => {
        const was = processOf(before.get(agent));
        const is = processOf(known.get(agent));
        if (was === is) return [];
        return [
          ...(was === null ? [] : [{ agent, kind: "ended" } as const]),
          ...(is === null ? [] : [{ agent, kind: "started" } as const]),
        ];
      });
    },
  };
}
