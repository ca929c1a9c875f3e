import { Agent } from "../../schema/agent.ts";
import type { UnitState } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";

/**
 * What a supervisor can enforce. A plan carries every other field of an agent, so these are the ones that a
 * supervisor could ignore in silence.
 */
export interface Capabilities {
  /** What people call the supervisor. */
  readonly name: string;
  /** Limits of memory, tasks and processor. */
  readonly resources: boolean;
  /** Another Linux user than the supervisor's own. */
  readonly runAs: boolean;
}

/** An agent as its supervisor sees it. */
export interface Observed {
  readonly name: string;
  readonly state: UnitState;
}

/** Who keeps agents running: systemd on NixOS, or `forge up` itself. Each method resolves when it is done. */
export interface Supervisor {
  readonly capabilities: Capabilities;
  readonly observe: () => Promise<readonly Observed[]>;
  /** Lets the harness quit, then SIGTERM, then SIGKILL. */
  readonly stop: (agents: readonly string[]) => Promise<void>;
}

/** Refuses what the agent declares and the supervisor cannot enforce: a limit that is not kept is worse than none. */
export function checkCapabilities(
  name: string,
  agent: Agent,
  { name: supervisor, resources, runAs }: Capabilities,
): void {
  const own = new Map(Object.entries(agent.resources));
  const changed = Object.entries(Agent.shape.resources.parse({})).filter(
    ([limit, standard]) => own.get(limit) !== standard,
  );
  const refused = [
    ...(runAs || agent.runAs === null ? [] : ["runAs"]),
    ...(resources ? [] : changed.map(([limit]) => `resources.${limit}`)),
  ];
  if (refused.length === 0) return;
  const paths = refused.map((field) => `agents.${name}.${field}`).join(", ");
  throw new ForgeError("NOT_SUPPORTED_HERE", `${paths}: ${supervisor} cannot enforce this`, {
    fix: "leave it out, or run the agent on NixOS",
  });
}
