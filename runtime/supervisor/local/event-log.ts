import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { line, type UpEvent } from "./events.ts";

/** Events of the current or last `forge up` on this state directory. */
export const logIn = (state: string): string => join(state, ".up.log");

/** An event with its time, as `forge up --json` prints it and as the log keeps it. */
export const stamped = (event: UpEvent): string =>
  `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`;

/** Writes events to a log, anew for each run. The state directory exists when the first one comes. */
export function eventLog(file: string): (event: UpEvent) => void {
  let flag = "w";
  return (event) => {
    writeFileSync(file, stamped(event), { flag, mode: 0o600 });
    flag = "a";
  };
}

/** The lines of one agent, as they are kept or as people read them. */
export function linesOf(agent: string, content: string, json: boolean): readonly string[] {
  return content
    .split("\n")
    .slice(0, -1) // what follows the last newline is not written to its end
    .map((text): UpEvent & { readonly at: string } => JSON.parse(text))
    .filter((event) => event.agent === agent)
    .map(({ at, ...event }) =>
      json
        ? JSON.stringify({ at, ...event })
        : `${new Date(at).toLocaleString("sv-SE")} ${line(event)}`,
    );
}
