import type { Activity } from "../../../schema/activity-record.ts";
import { activityOf } from "../../status/activity.ts";
import type { Told } from "../../status/watch.ts";
import { modelFails, type UpEvent } from "./events.ts";

const WAITS = /^waiting-/;

/** What a watch tells of one agent, as `forge up` tells it. Starts and ends have events of their own. */
export function statusEvents(agent: string, tell: (event: UpEvent) => void): (told: Told) => void {
  let last: { readonly state: Activity; readonly screen: string } | undefined;
  return (told) => {
    if (told.kind === "request-failed")
      tell({ kind: "warning", agent, reason: modelFails(agent, told.line) });
    if (told.kind !== "changed") return;
    const { state: word, source, screen: shown } = told.status;
    const state = activityOf(word);
    if (state === null || (source === "supervisor" && state !== "stuck")) {
      last = undefined;
      return;
    }
    const screen = source === "harness" ? [] : shown;
    const next = { state, screen: screen.join("\n") };
    // One dialog after another: the later one is what waits.
    const isAnother = WAITS.test(state) && source !== "harness" && next.screen !== last?.screen;
    if (state === last?.state && !isAnother) return;
    last = next;
    tell({ kind: "status", agent, state, screen });
  };
}
