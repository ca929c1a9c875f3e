import { step } from "../../runtime/status/step.ts";
import type { Core } from "./world.ts";

/** The core with one mistake each, for the simulation to find: by the word that its report begins with. */
export const PLANTED: { readonly [promise: string]: Core } = {
  // Once it is ready, nobody looks any more.
  ready: (agent, event, now) => {
    const isReady = event.kind === "looked" && agent.known.state === "ready" && event.seen !== null;
    return step(
      agent,
      isReady ? { ...event, seen: { ...event.seen, shown: "ready" } } : event,
      now,
    );
  },
  // What stands still counts as work, and a stopped harness as any other.
  truth: (agent, event, now) => {
    const seen = event.kind === "looked" ? event.seen : null;
    if (event.kind !== "looked" || seen === null) return step(agent, event, now);
    const moving = { ...seen, isFrozen: false, print: `${now.monotonic}` };
    return step(agent, { ...event, seen: moving }, now);
  },
  // A state begins when its report says so, even if an older report came later.
  since: (agent, event, now) => {
    const next = step(agent, event, now);
    if (event.kind !== "report" || next.agent.known === agent.known) return next;
    const since = now.monotonic - (now.wall - event.at);
    return { ...next, agent: { ...next.agent, known: { ...next.agent.known, since } } };
  },
  // What a look corrects is not told.
  one: (agent, event, now) => {
    const next = step(agent, event, now);
    if (event.kind !== "looked") return next;
    return { ...next, effects: next.effects.filter(({ kind }) => kind !== "changed") };
  },
};
