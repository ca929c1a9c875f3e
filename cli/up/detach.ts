import { spawn } from "node:child_process";
import { once } from "node:events";
import { systemClock } from "../../runtime/clock.ts";
import { runningFleets } from "../../runtime/supervisor/local/listing.ts";
import { stateHome } from "../../runtime/supervisor/local/state-home.ts";
import type { Machine } from "./start-fleet.ts";

const LOOK_EVERY = 50;

/**
 * Runs this program again in a session of its own, without the flag that asked for it. Returns the names of the agents
 * once the fleet is up, or the exit status if it ended before. What it says until then is said here.
 */
export async function detach(
  args: readonly string[],
  { env, execPath }: Machine,
): Promise<{ readonly agents: readonly string[] } | { readonly status: number }> {
  const child = spawn(execPath, args, {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.pipe(process.stderr, { end: false });
  const ended = once(child, "close").then(([code]) => ({ status: Number(code ?? 1) }));
  for (;;) {
    const fleets = await runningFleets(stateHome(env));
    const fleet = fleets.find(({ pid }) => pid === child.pid);
    if (fleet) {
      child.unref();
      child.stderr.destroy(); // what it says from now on is in its log
      return { agents: fleet.agents.map(({ name }) => name) };
    }
    const status = await Promise.race([ended, systemClock.sleep(LOOK_EVERY)]);
    if (status) return status;
  }
}
