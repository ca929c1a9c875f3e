import type { Activity } from "../../schema/activity-record.ts";
import type { State } from "../../schema/agent-status.ts";

/** The state in the words of an agent's records and of `forge ps`; null for what its supervisor tells in its own. */
export function activityOf(state: State): Activity | null {
  switch (state) {
    case "login-expired":
      return "waiting-login";
    case "stopped":
    case "restarting":
    case "stopping":
    case "exited":
    case "failed":
      return null;
    default:
      return state;
  }
}
