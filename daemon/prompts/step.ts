import type {
  Channel,
  Delivery,
  Effect,
  Event,
  Found,
  Now,
  OpenPrompt,
  Phase,
  Prompt,
  Queue,
  Step,
} from "./types.ts";

/** How long an answer of ours, and one of the harness, may take; in milliseconds. */
export const PATIENCE = { look: 10_000, deliver: 30_000, confirm: 15_000, inspect: 30_000 };
/** Before it is looked again after something was in the way. */
export const RETRY = 1_000;
/** Enters that are repeated while the composer still holds the prompt. */
export const ENTERS = 2;

/** What the ledger knows, after a start of ours. What was being delivered is inspected before anything is typed. */
export function restore(channel: Channel, open: readonly OpenPrompt[], now: Now): Step {
  const inOrder = open.toSorted(
    (a, b) => b.prompt.priority - a.prompt.priority || a.prompt.sequence - b.prompt.sequence,
  );
  const interrupted = inOrder.find(({ phase }) => phase === "delivering");
  const queue: Queue = {
    channel,
    waiting: inOrder.filter((one) => one !== interrupted),
    delivery: null,
    ...{ isUp: false, isIdle: false, lastWork: now.monotonic, retry: null },
  };
  if (interrupted === undefined) return { queue, effects: [] };
  const { prompt, attempt } = interrupted;
  const delivery = { prompt, attempt, step: "confirming", deadline: 0, enters: 0 } as const;
  return inspect({ ...queue, delivery: { ...delivery, hasWaited: false } }, now);
}

/** Every decision about the prompts of one agent. Effects are to be done in their order. */
export function step(queue: Queue, event: Event, now: Now): Step {
  const { queue: next, effects } = handle(queue, event, now);
  const expired = expire(next, now);
  const begun = begin(expired.queue, now);
  return { queue: begun.queue, effects: [...effects, ...expired.effects, ...begun.effects] };
}

function handle(queue: Queue, event: Event, now: Now): Step {
  switch (event.kind) {
    case "sent":
      return {
        queue: { ...queue, waiting: insert(queue.waiting, opened(event.prompt)) },
        effects: [record(event.prompt.id, "queued", 0)],
      };
    case "cancelled":
      return cancel(queue, event.id);
    case "started":
      return only({ ...queue, isUp: true, isIdle: false, retry: null });
    case "ended":
      return ended(queue, now);
    case "idle":
      // Reports may come late: one from before the last prompt was taken is of an earlier turn.
      return only(
        event.at !== null && event.at <= queue.lastWork
          ? queue
          : { ...queue, isUp: true, isIdle: true, retry: null },
      );
    case "working":
      return only({ ...working(queue, event.at ?? 0), retry: null });
    case "looked":
      return looked(queue, event.id, event.isFree, now);
    case "delivered":
      return delivered(queue, event, now);
    case "entered":
      return isOf(queue.delivery, "confirming", event.id, event.attempt)
        ? confirm(queue, queue.delivery, now)
        : only(queue);
    case "acknowledged":
      return acknowledged(queue, event.id, event.at);
    case "inspected":
      return inspected(queue, event, now);
    case "tick":
      return tick(queue, now);
  }
}

const only = (queue: Queue): Step => ({ queue, effects: [] });

const record = (id: string, phase: Phase, attempt: number, reason?: string): Effect => ({
  kind: "record",
  ...{ id, phase, attempt },
  ...(reason === undefined ? {} : { reason }),
});

const opened = (prompt: Prompt): OpenPrompt => ({ prompt, phase: "queued", attempt: 0 });

/** Before the first of lower priority. */
function insert(waiting: readonly OpenPrompt[], one: OpenPrompt): readonly OpenPrompt[] {
  const at = waiting.findIndex(({ prompt }) => prompt.priority < one.prompt.priority);
  return at < 0 ? [...waiting, one] : waiting.toSpliced(at, 0, one);
}

function cancel(queue: Queue, id: string): Step {
  const found = queue.waiting.find(({ prompt }) => prompt.id === id);
  const answer = (isCancelled: boolean): Effect => ({ kind: "cancel-answered", id, isCancelled });
  if (!found) return { queue, effects: [answer(false)] };
  return {
    queue: { ...queue, waiting: queue.waiting.filter((one) => one !== found) },
    effects: [record(id, "cancelled", found.attempt), answer(true)],
  };
}

function expire(queue: Queue, { wall }: Now): Step {
  const isOver = ({ prompt }: OpenPrompt) => prompt.expires !== null && prompt.expires <= wall;
  const over = queue.waiting.filter(isOver);
  if (over.length === 0) return only(queue);
  return {
    queue: { ...queue, waiting: queue.waiting.filter((one) => !isOver(one)) },
    effects: over.map(({ prompt, attempt }) =>
      record(prompt.id, "failed", attempt, "its time to live ended before the agent was ready"),
    ),
  };
}

/** The first that waits, once the harness is idle and nothing else is under way. */
function begin(queue: Queue, now: Now): Step {
  const [first, ...others] = queue.waiting;
  if (!queue.isUp || !queue.isIdle || queue.delivery !== null || first === undefined)
    return only(queue);
  const { prompt, attempt } = first;
  const deadline = now.monotonic + PATIENCE.look;
  const delivery = {
    prompt,
    attempt,
    step: "looking",
    deadline,
    enters: 0,
    hasWaited: false,
  } as const;
  return {
    queue: { ...queue, waiting: others, delivery, isIdle: false },
    effects: [{ kind: "look", id: prompt.id }],
  };
}

function looked(queue: Queue, id: string, isFree: boolean, now: Now): Step {
  const { delivery } = queue;
  if (delivery?.step !== "looking" || delivery.prompt.id !== id) return only(queue);
  if (!isFree || !queue.isUp) return only(putBack(queue, delivery, now));
  const attempt = delivery.attempt + 1;
  const deadline = now.monotonic + PATIENCE.deliver;
  return {
    queue: { ...queue, delivery: { ...delivery, attempt, step: "delivering", deadline } },
    effects: [
      record(id, "delivering", attempt),
      { kind: "deliver", prompt: delivery.prompt, attempt },
    ],
  };
}

/** First in line again; looked at once more after a while. */
const putBack = (queue: Queue, { prompt, attempt }: Delivery, now: Now): Queue => ({
  ...queue,
  waiting: [{ prompt, attempt, phase: "queued" }, ...queue.waiting],
  delivery: null,
  retry: queue.isUp ? now.monotonic + RETRY : null,
});

type Delivered = Extract<Event, { kind: "delivered" }>;

function delivered(queue: Queue, { id, attempt, outcome, reason }: Delivered, now: Now): Step {
  const { delivery } = queue;
  if (!isOf(delivery, "delivering", id, attempt)) return only(queue);
  switch (outcome) {
    case "handed-over":
      return queue.isUp ? confirm(queue, delivery, now) : inspect(queue, now);
    case "refused":
      return verdict(queue, delivery, "failed", reason);
    case "held":
    case "gone":
      return {
        queue: putBack(queue, delivery, now),
        effects: [record(id, "queued", attempt)],
      };
  }
}

function confirm(queue: Queue, delivery: Delivery, now: Now): Step {
  const deadline = now.monotonic + PATIENCE.confirm;
  return only({
    ...working(queue, now.monotonic),
    delivery: { ...delivery, step: "confirming", deadline, hasWaited: true },
  });
}

const isOf = (
  delivery: Delivery | null,
  step: Delivery["step"],
  id: string,
  attempt: number,
): delivery is Delivery =>
  delivery?.step === step && delivery.prompt.id === id && delivery.attempt === attempt;

function verdict(queue: Queue, { prompt, attempt }: Delivery, phase: Phase, reason?: string): Step {
  return {
    queue: { ...queue, delivery: null, isIdle: false },
    effects: [record(prompt.id, phase, attempt, reason)],
  };
}

const working = (queue: Queue, at: number): Queue => ({
  ...queue,
  isIdle: false,
  lastWork: Math.max(at, queue.lastWork),
});

/** It may come long after we gave the prompt back, and more than once. */
function acknowledged(queue: Queue, id: string, at: number): Step {
  const { delivery, waiting } = queue;
  const known = working(queue, at);
  if (delivery?.prompt.id === id) {
    return verdict(known, delivery, "submitted", "the harness reported it");
  }
  const found = waiting.find(({ prompt, attempt }) => prompt.id === id && attempt > 0);
  if (!found) return only(queue);
  return {
    queue: { ...known, waiting: waiting.filter((one) => one !== found) },
    effects: [record(id, "submitted", found.attempt, "the harness reported it")],
  };
}

function ended(queue: Queue, now: Now): Step {
  const down = { ...queue, isUp: false, isIdle: false, retry: null };
  const { delivery } = queue;
  if (delivery === null) return only(down);
  if (delivery.step === "looking") return only(putBack(down, delivery, now));
  // What is being handed over is answered first.
  return delivery.step === "confirming" ? inspect(down, now) : only(down);
}

function inspect(queue: Queue, now: Now): Step {
  const { delivery } = queue;
  if (delivery === null) return only(queue);
  const deadline = now.monotonic + PATIENCE.inspect;
  return {
    queue: { ...queue, delivery: { ...delivery, step: "inspecting", deadline } },
    effects: [{ kind: "inspect", id: delivery.prompt.id, attempt: delivery.attempt }],
  };
}

function inspected(queue: Queue, event: Extract<Event, { kind: "inspected" }>, now: Now): Step {
  const { id, attempt, found } = event;
  const { delivery } = queue;
  if (!isOf(delivery, "inspecting", id, attempt)) return only(queue);
  if (found === "in-composer" && delivery.enters < ENTERS) {
    const { queue: confirming } = confirm(queue, { ...delivery, enters: delivery.enters + 1 }, now);
    return { queue: confirming, effects: [{ kind: "enter", id, attempt }] };
  }
  if (found === "in-session") return verdict(queue, delivery, "submitted", "the session has it");
  if (found === "handed-over" && !delivery.hasWaited) return confirm(queue, delivery, now);
  if (mayGoAgain(queue.channel, found)) {
    return { queue: putBack(queue, delivery, now), effects: [record(id, "queued", attempt)] };
  }
  return verdict(queue, delivery, "unconfirmed", REASONS[found]);
}

/** Only where the harness that runs cannot have it, or takes it for the same. */
function mayGoAgain({ acknowledges, isIdempotent }: Channel, found: Found): boolean {
  // A harness that acknowledges would have it in its session, had it begun to work.
  return found === "untouched" || (found === "lost" && (acknowledges || isIdempotent));
}

const REASONS = {
  "in-composer": "it stands in the composer, which takes no Enter",
  "handed-over": "it was typed, and the harness reported nothing",
  lost: "the harness ended after it was typed, and had reported nothing",
  "in-session": "",
  untouched: "",
} as const satisfies { readonly [F in Found]: string };

function tick(queue: Queue, now: Now): Step {
  const { delivery, retry } = queue;
  if (retry !== null && now.monotonic >= retry)
    return only({ ...queue, isIdle: queue.isUp, retry: null });
  if (delivery === null || now.monotonic < delivery.deadline) return only(queue);
  // An answer of ours that never came is asked for again; a prompt may have been handed over.
  return delivery.step === "looking" ? only(putBack(queue, delivery, now)) : inspect(queue, now);
}

/** When `step` wants a tick, by the monotonic clock; infinity if it waits for something else. */
export const nextTick = ({ delivery, retry, waiting }: Queue, now: Now): number =>
  Math.min(
    delivery?.deadline ?? Number.POSITIVE_INFINITY,
    retry ?? Number.POSITIVE_INFINITY,
    ...waiting.map(({ prompt }) => expiry(prompt, now)),
  );

/** People may set the wall clock meanwhile. Milliseconds. */
const EXPIRY_MOST = 60_000;

const expiry = ({ expires }: Prompt, now: Now): number =>
  expires === null
    ? Number.POSITIVE_INFINITY
    : now.monotonic + Math.min(Math.max(expires - now.wall, 0) + 1, EXPIRY_MOST);

/** The prompts whose verdict is still open, in the order of their delivery. */
export const openPrompts = ({ delivery, waiting }: Queue): readonly OpenPrompt[] => [
  ...(delivery
    ? [{ prompt: delivery.prompt, attempt: delivery.attempt, phase: "delivering" as const }]
    : []),
  ...waiting,
];
