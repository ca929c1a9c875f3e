import type { AgentReport } from "../../schema/agent-status.ts";
import type { HostEvent } from "../../schema/api/event.ts";
import { activityInWords } from "../host/agent-table.ts";

const timeOf = (at: number): string => new Date(at).toLocaleString("sv-SE");

/** An agent as it is when it is first seen, in a line. */
export const agentLine = ({ name, status, queued }: AgentReport, now: number): string =>
  `${timeOf(status.since)} ${name}: ${activityInWords({ status, queued, activity: null }, now)}`;

/** An event in a line. */
export const eventLine = (event: HostEvent): string =>
  `${timeOf(event.at)} ${event.agent}: ${inWords(event)}`;

function inWords(event: HostEvent): string {
  switch (event.kind) {
    case "status":
      return activityInWords({ status: event.data, queued: 0, activity: null }, event.at) ?? "";
    case "prompt": {
      const { id, phase, reason, finished, end } = event.data;
      if (finished !== null)
        return `prompt ${id} ${end ?? "is over, and its answer was not found"}`;
      return `prompt ${id} ${phase}${reason ? `: ${reason}` : ""}`;
    }
    case "finished":
      return "a turn ended";
  }
}
