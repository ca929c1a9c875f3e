import { restore, step } from "../prompts/step.ts";
import type { Queue, Step } from "../prompts/types.ts";
import type { Core } from "./world.ts";

/** The core with one mistake each, for the simulation to find: by the word that its report begins with. */
export const PLANTED: { readonly [promise: string]: Core } = {
  // After a crash, a prompt that was being delivered is taken for delivered.
  lost: {
    step,
    restore: (channel, open, now) =>
      restore(
        channel,
        open.filter(({ phase }) => phase === "queued"),
        now,
      ),
  },
  // After an end of the harness, it is not asked whether the session has the prompt.
  doubled: {
    restore,
    step: (queue, event, now) => {
      const { delivery } = queue;
      const typed = event.kind === "ended" && delivery?.step === "confirming";
      if (!typed) return step(queue, event, now);
      const { prompt, attempt } = delivery;
      const waiting = [{ prompt, attempt, phase: "queued" as const }, ...queue.waiting];
      return step({ ...queue, delivery: null, waiting }, event, now);
    },
  },
  // A prompt that was given back goes to the end of the line.
  order: {
    restore,
    step: (queue, event, now) => {
      const next = step(queue, event, now);
      return next.queue.waiting.length > queue.waiting.length && event.kind !== "sent"
        ? { ...next, queue: rotated(next.queue) }
        : next;
    },
  },
  // A report that comes late changes the verdict.
  verdicts: {
    restore,
    step: (queue, event, now) => {
      const next = step(queue, event, now);
      return event.kind === "acknowledged" ? withRecord(next, event.id) : next;
    },
  },
  // A report of idleness counts whenever it comes.
  keys: {
    restore,
    step: (queue, event, now) =>
      step(queue, event.kind === "idle" ? { ...event, at: null } : event, now),
  },
};

const rotated = (queue: Queue): Queue => {
  const [first, ...others] = queue.waiting;
  return first ? { ...queue, waiting: [...others, first] } : queue;
};

function withRecord(next: Step, id: string): Step {
  if (next.effects.some((effect) => effect.kind === "record" && effect.id === id)) return next;
  const late = { kind: "record", id, phase: "submitted", attempt: 1 } as const;
  return { ...next, effects: [...next.effects, late] };
}
