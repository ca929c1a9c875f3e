import { enter, only } from "./known.ts";
import type { Agent, Event, Now, Step } from "./types.ts";

/** Clocks are read one after the other, so reports within as many milliseconds are in the order of their arrival. */
const BLUR = 2;

type Report = Extract<Event, { kind: "report" }>;

export function reported(before: Agent, report: Report, now: Now): Step {
  if (before.run === "down" || before.run === "stopping") return only(before);
  const told = Math.min(now.monotonic, now.monotonic - (now.wall - report.at));
  const key = JSON.stringify([report.at, report.state, report.event, report.turn]);
  const { lastReport, began } = before;
  const isOld = told < began - BLUR || told < lastReport.at - BLUR || key === lastReport.key;
  if (isOld) return only(before);
  const at = Math.max(told, lastReport.at);
  const lastSign = Math.max(before.lastSign, at);
  return tell({ ...before, lastReport: { at, key }, lastSign }, report, at, now);
}

function tell(agent: Agent, report: Report, at: number, now: Now): Step {
  const { state, event, session, turn } = report;
  const news = { source: "harness", event, at, turn: { session, turn } } as const;
  switch (state) {
    case null:
      return agent.known.state === "stuck" && agent.turn !== null
        ? enter(agent, { ...news, state: "busy" }, now)
        : only(agent);
    case "starting":
      return agent.known.state === "starting" ? enter(agent, { ...news, state }, now) : only(agent);
    case "exited":
    case "unknown":
    case "stuck":
      return only(agent); // not the harness's to tell
    case "busy":
      return enter({ ...agent, lastWork: at }, { ...news, state }, now);
    case "ready":
      if (at < agent.lastWork) return only(agent);
      return enter({ ...agent, isFresh: agent.isFresh && turn === null }, { ...news, state }, now);
    default: {
      const isFresh = agent.isFresh && state === "waiting-login"; // some tell it at their start
      return enter({ ...agent, isFresh }, { ...news, state }, now);
    }
  }
}
