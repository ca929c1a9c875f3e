import { join } from "node:path";
import { HARNESSES } from "../../harnesses/registry.ts";
import { readPlan } from "../../plan/build/folder.ts";
import type { Clock } from "../../runtime/clock.ts";
import { type Terminal, terminalOf } from "../../runtime/terminal/engine/terminal.ts";
import { typedTmux } from "../../runtime/terminal/engine/typed-tmux.ts";
import { PATHS } from "../../schema/host-paths.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import type { PromptedAgent } from "../fleet-prompts.ts";
import type { Units } from "./units.ts";

/** An agent of the host, as its declaration has it and as forged reaches it. */
export interface HostAgent extends PromptedAgent {
  readonly harness: string;
  readonly version: string;
  readonly model: string;
  readonly terminal: Terminal;
  /** Undefined for a harness that this forge does not know: then it gets no prompts. */
  readonly recipe: Harness | undefined;
}

interface Options {
  readonly manifest: Manifest;
  readonly units: Units;
  readonly clock: Clock;
}

/** The agents that the host's configuration declares, by name. Throws PLAN_UNREADABLE or PLAN_INVALID. */
export async function declaredAgents(options: Options): Promise<ReadonlyMap<string, HostAgent>> {
  const { manifest, units, clock } = options;
  const agents = Object.entries(manifest.agents).map(
    async ([name, { plan: folder, harness, model }]): Promise<[string, HostAgent]> => {
      const plan = await readPlan(folder, async () => "");
      const tmux = typedTmux({ socket: PATHS.typingSocket, agent: name });
      const terminal = terminalOf({ tmux, clock, signs: plan.terminal });
      const recipe = HARNESSES.find((one) => one.name === harness);
      const runtime = join(PATHS.agents, name);
      const { version } = plan.package;
      const isRunning = () => units.isRunning(name);
      return [
        name,
        { name, harness, version, model, recipe, plan, tmux, terminal, runtime, isRunning },
      ];
    },
  );
  return new Map(await Promise.all(agents));
}
