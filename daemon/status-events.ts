import type { Told } from "../runtime/status/watch.ts";
import type { EventLog } from "./event-log.ts";
import type { FleetPrompts } from "./fleet-prompts.ts";

/** What is seen of an agent, as events for its API and as evidence for its prompts. */
export const noteSeen =
  (events: EventLog, prompts: Pick<FleetPrompts, "noteReady">) =>
  (agent: string, told: Told): void => {
    if (told.kind === "changed") {
      const { status } = told;
      events.add({ agent, kind: "status", data: status });
      if (status.state === "ready" && status.source === "screen") prompts.noteReady(agent);
    } else if (told.kind === "turn-ended") {
      const { session, turn } = told;
      events.add({ agent, kind: "finished", data: { session, turn } });
    }
  };
