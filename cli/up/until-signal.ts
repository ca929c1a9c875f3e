import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { RunningFleet } from "../../runtime/supervisor/local/fleet.ts";

/** The part of `process` that tells of signals. */
export interface Signals {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** One Ctrl-C may come twice: from the terminal, and forwarded by npm. Milliseconds. */
const SAME_KEY = 500;

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Starts a fleet, does `work` with it, and keeps it until no agent is left, until `work` says that it
 * is done, or until a signal; then stops it. The first signal stops in order, the second kills. Returns
 * the ended fleet, or nothing if a signal came before it was up.
 */
export async function untilSignal(
  signals: Signals,
  start: (signal: AbortSignal) => Promise<RunningFleet>,
  work: (fleet: RunningFleet, signal: AbortSignal) => Promise<"done" | "stay">,
  clock: Pick<Clock, "now"> = systemClock,
): Promise<RunningFleet | undefined> {
  const stop = new AbortController();
  const stopped = Promise.withResolvers<void>();
  let fleet: RunningFleet | undefined;
  let first: number | undefined;
  const listener = () => {
    first ??= clock.now();
    if (clock.now() - first > SAME_KEY) void fleet?.kill();
    stop.abort();
    stopped.resolve();
  };
  for (const signal of ENDING) signals.on(signal, listener);
  try {
    fleet = await start(stop.signal);
    const done = work(fleet, stop.signal).then((what) =>
      what === "done" ? undefined : Promise.race([fleet?.settled, stopped.promise]),
    );
    await Promise.race([done, stopped.promise]);
  } catch (error) {
    if (!stop.signal.aborted) throw error; // otherwise it is the abort, or follows from it
  } finally {
    await fleet?.stop();
    for (const signal of ENDING) signals.off(signal, listener);
  }
  return fleet;
}
