import { readFile } from "node:fs/promises";
import { systemClock } from "../../runtime/clock.ts";
import { linesOf } from "../../runtime/supervisor/local/event-log.ts";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { print, printJson } from "../print.ts";
import { isAlive } from "./is-alive.ts";

interface Wanted {
  readonly follow: boolean;
  readonly lines: number | undefined;
  readonly json: boolean;
}

const LOOK_EVERY = 200;

/** Prints what `forge up` noted of an agent, and what comes, until the fleet ends or Ctrl-C. */
export async function showLog(
  { log, pid }: ListedFleet,
  agent: string,
  { follow, lines, json }: Wanted,
): Promise<void> {
  const read = async () => linesOf(agent, await readFile(log, "utf8"), json);
  const show = (texts: readonly string[]): void =>
    (json ? printJson : print)(texts.map((text) => `${text}\n`).join(""));
  const first = await read();
  show(lines === undefined ? first : first.slice(Math.max(0, first.length - lines)));
  for (let shown = first.length; follow && isAlive(pid); ) {
    await systemClock.sleep(LOOK_EVERY);
    const all = await read();
    show(all.slice(shown));
    shown = all.length;
  }
}
