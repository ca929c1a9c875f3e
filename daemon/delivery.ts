import type { Clock } from "../runtime/clock.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { nextTick, restore, step } from "./prompts/step.ts";
import type { Channel, Effect, Event, Found, Now, Prompt, Queue, Step } from "./prompts/types.ts";

/** What came of handing a prompt over. `held`: something else was in the way, and nothing was typed. */
export type Handed =
  | { readonly outcome: "handed-over" | "held" | "gone" }
  | { readonly outcome: "refused"; readonly reason: string };

/** One agent's harness, as prompts reach it. No method rejects for what the harness does. */
export interface Composer {
  readonly channel: Channel;
  /** Whether it takes a prompt: idle, empty, no dialog, no pager. Changes nothing. */
  isFree(): Promise<boolean>;
  /** Hands a prompt over with a mark that outlives this process, if the composer is still free. */
  deliver(prompt: Prompt, attempt: number): Promise<Handed>;
  find(id: string, attempt: number): Promise<Found>;
  /** Enter, if the composer holds this very prompt. */
  enter(id: string, attempt: number): Promise<void>;
}

export interface Delivering {
  readonly agent: string;
  readonly ledger: Ledger;
  readonly composer: Composer;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Called when the ledger has a prompt as submitted. */
  readonly submitted?: () => void;
  /** Ends the delivery; what is under way is found out by the next one. */
  readonly signal: AbortSignal;
}

export interface Typed {
  readonly id: string;
  readonly since: number;
}

/** What delivers one agent's prompts: everything that happens goes in, the verdicts are in the ledger. */
export interface Delivery {
  /** A prompt that the ledger has accepted. */
  readonly send: (prompt: Prompt) => void;
  /** Resolves with whether it was: what is under way cannot be cancelled. */
  readonly cancel: (id: string) => Promise<boolean>;
  readonly note: (
    event: Extract<Event, { kind: "started" | "ended" | "idle" | "working" }>,
  ) => void;
  /** The harness reports a prompt that it took; `at` by the host's monotonic clock. */
  readonly acknowledge: (id: string, at: number) => void;
  /** The prompt that this process typed last, if it has no verdict yet, and when, by the monotonic clock. */
  readonly underWay: () => Typed | undefined;
  /** A prompt waits for nothing but word that the harness is idle. */
  readonly waitsForIdle: () => boolean;
  /** Resolves after the signal, once nothing is being done any more. Rejects if the ledger cannot be written to. */
  readonly over: Promise<void>;
}

/** Carries out what `step` decides, one effect after the other. */
export function deliver(options: Delivering): Delivery {
  const { agent, ledger, composer, clock, wall, signal } = options;
  const now = (): Now => ({ monotonic: clock.now(), wall: wall() });
  const cancels = new Map<string, PromiseWithResolvers<boolean>>();
  const { queue: restored, effects: first } = restore(composer.channel, ledger.open(agent), now());
  const effects: Effect[] = [...first];
  const ended = aborted(signal);
  let wake = Promise.withResolvers<void>();
  let queue: Queue = restored;
  let typed: Typed | undefined;

  const take = (next: Step): void => {
    queue = next.queue;
    effects.push(...next.effects);
    wake.resolve();
  };
  const on = (event: Event): void => take(step(queue, event, now()));

  const carryOut = async (effect: Effect): Promise<Event | undefined> => {
    switch (effect.kind) {
      case "record":
        ledger.change(effect);
        if (effect.phase === "submitted") options.submitted?.();
        return undefined;
      case "look":
        return { kind: "looked", id: effect.id, isFree: await composer.isFree() };
      case "deliver": {
        const { prompt, attempt } = effect;
        typed = { id: prompt.id, since: clock.now() };
        const handed = await composer.deliver(prompt, attempt);
        return { kind: "delivered", id: prompt.id, attempt, ...handed };
      }
      case "inspect": {
        const { id, attempt } = effect;
        return { kind: "inspected", id, attempt, found: await composer.find(id, attempt) };
      }
      case "enter":
        await composer.enter(effect.id, effect.attempt);
        return { kind: "entered", id: effect.id, attempt: effect.attempt };
      case "cancel-answered":
        cancels.get(effect.id)?.resolve(effect.isCancelled);
        cancels.delete(effect.id);
        return undefined;
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const effect = effects.shift();
      if (effect !== undefined) {
        const answer = await carryOut(effect);
        if (answer) on(answer);
        continue;
      }
      wake = Promise.withResolvers();
      const over = new AbortController();
      const until = Math.max(0, nextTick(queue, now()) - clock.now());
      const timer = Number.isFinite(until)
        ? clock.sleep(until, AbortSignal.any([over.signal, signal])).catch(() => {})
        : ended;
      await Promise.race([wake.promise, timer]);
      over.abort();
      if (!signal.aborted && effects.length === 0) on({ kind: "tick" });
    }
  };

  return {
    send: (prompt) => on({ kind: "sent", prompt }),
    cancel: (id) => {
      const asked = cancels.get(id) ?? Promise.withResolvers<boolean>();
      cancels.set(id, asked);
      on({ kind: "cancelled", id });
      return asked.promise;
    },
    note: on,
    acknowledge: (id, at) => on({ kind: "acknowledged", id, at }),
    underWay: () =>
      queue.delivery?.prompt.id === typed?.id && queue.delivery?.step !== "looking"
        ? typed
        : undefined,
    waitsForIdle: () =>
      queue.isUp && !queue.isIdle && queue.delivery === null && queue.waiting.length > 0,
    over: work(),
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
