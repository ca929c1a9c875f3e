import type { Clock } from "../runtime/clock.ts";
import type { Composer, Delivery } from "./delivery.ts";

interface Options {
  readonly delivery: Pick<Delivery, "waitsForIdle" | "note">;
  readonly composer: Pick<Composer, "isFree">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** So many looks in a row count as word that the harness is idle. */
const AGREEING = 5;
/** Milliseconds between looks: at first, and at most while the harness is at work. */
const SOON = 1000;
const LATE = 10_000;

/** A report may be lost. Looks at the composer while a prompt waits and nobody says that the harness is idle. */
export async function findIdle({ delivery, composer, clock, signal }: Options): Promise<void> {
  let free = 0;
  let pause = SOON;
  while (!signal.aborted) {
    await clock.sleep(pause, signal).catch(() => {}); // over
    const isFree = delivery.waitsForIdle() && (await composer.isFree());
    free = isFree && delivery.waitsForIdle() ? free + 1 : 0;
    pause = free > 0 || !delivery.waitsForIdle() ? SOON : Math.min(pause * 1.5, LATE);
    if (free < AGREEING) continue;
    delivery.note({ kind: "idle", at: null });
    free = 0;
  }
}
