import { join } from "node:path";
import { readPlan } from "../../plan/build/folder.ts";
import type { Clock } from "../../runtime/clock.ts";
import { terminalOf } from "../../runtime/terminal/engine/terminal.ts";
import { typedTmux } from "../../runtime/terminal/engine/typed-tmux.ts";
import { PATHS } from "../../schema/host-paths.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { PromptedAgent } from "../fleet-prompts.ts";
import type { Units } from "./units.ts";

interface Options {
  readonly manifest: Manifest;
  readonly units: Units;
  readonly clock: Clock;
}

/** The agents that the host's configuration declares. Throws PLAN_UNREADABLE or PLAN_INVALID. */
export async function declaredAgents(options: Options): Promise<readonly PromptedAgent[]> {
  const { manifest, units, clock } = options;
  return Promise.all(
    Object.entries(manifest.agents).map(async ([name, { plan: folder }]) => {
      const plan = await readPlan(folder, async () => "");
      const tmux = typedTmux({ socket: PATHS.typingSocket, agent: name });
      const terminal = terminalOf({ tmux, clock, signs: plan.terminal });
      const runtime = join(PATHS.agents, name);
      return { name, plan, tmux, terminal, runtime, isRunning: () => units.isRunning(name) };
    }),
  );
}
