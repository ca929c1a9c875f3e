import type { AgentReport } from "../../schema/agent-status.ts";
import { activityInWords } from "../host/agent-table.ts";
import { type Columns, table } from "../table.ts";
import type { News } from "./source.ts";
import { eventLine } from "./words.ts";

interface Shown {
  readonly fleet: string | null;
  readonly report: AgentReport;
}

/** What the live view shows. */
export interface View {
  readonly agents: ReadonlyMap<string, Shown>;
  /** The latest events, in words; the last one came last. */
  readonly events: readonly string[];
  /** Why a source is not followed now, by its fleet. */
  readonly troubles: ReadonlyMap<string | null, string>;
}

export const EMPTY: View = { agents: new Map(), events: [], troubles: new Map() };

const EVENTS_MOST = 200;
const keyOf = (fleet: string | null, agent: string): string => JSON.stringify([fleet, agent]);

/** The view after some news. */
export function noted(view: View, news: News): View {
  const { fleet } = news;
  const troubles = new Map(view.troubles);
  switch (news.kind) {
    case "agents": {
      troubles.delete(fleet);
      const others = [...view.agents].filter(([, shown]) => shown.fleet !== fleet);
      const these = news.agents.map(
        (one) => [keyOf(fleet, one.name), { fleet, report: one }] as const,
      );
      return { ...view, troubles, agents: new Map([...others, ...these]) };
    }
    case "event": {
      const { event } = news;
      const events = [...view.events, eventLine(event)].slice(-EVENTS_MOST);
      const shown = view.agents.get(keyOf(fleet, event.agent));
      if (event.kind !== "status" || !shown) return { ...view, events };
      const report = { ...shown.report, status: event.data };
      return { ...withReport(view, fleet, report), events };
    }
    case "found":
      troubles.delete(fleet);
      return { ...view, troubles };
    case "lost":
      return { ...view, troubles: troubles.set(fleet, "the connection is lost; trying again") };
    case "failed":
      return { ...view, troubles: troubles.set(fleet, news.error.message) };
  }
}

export function withReport(view: View, fleet: string | null, report: AgentReport): View {
  return {
    ...view,
    agents: new Map(view.agents).set(keyOf(fleet, report.name), { fleet, report }),
  };
}

const clock = (at: number): string => new Date(at).toLocaleString("sv-SE").slice(11);

const columns = (now: number, areMany: boolean): Columns<Shown> => ({
  NAME: ({ report }) => report.name,
  STATE: ({ report: { status, queued } }) =>
    activityInWords({ status, queued, activity: null }, now),
  SINCE: ({ report }) => clock(report.status.since),
  TURNS: ({ report }) => report.turns,
  HARNESS: ({ report }) => report.harness,
  MODEL: ({ report }) => report.model,
  ...(areMany ? { FLEET: ({ fleet }) => fleet } : {}),
});

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The lines of a terminal of this size: the agents, what waits for a person, and the latest events. */
export function screenOf(view: View, now: number, { width, height }: Size): readonly string[] {
  const agents = [...view.agents.values()];
  const areMany = new Set(agents.map(({ fleet }) => fleet)).size > 1;
  const [head = "", ...rows] = table(columns(now, areMany), agents, width).trimEnd().split("\n");
  const troubles = [...view.troubles].map(([fleet, why]) => `${fleet ?? "forged"}: ${why}`);
  const title = `forge watch: ${agents.length} agents (q leaves)`;
  const top = [
    title,
    ...troubles,
    "",
    head,
    ...rows.flatMap((row, at) => [row, ...asked(agents[at])]),
  ];
  const shown = top.length < height ? top : [...top.slice(0, height - 1), "…"];
  const left = height - shown.length - 1;
  const events = left > 0 && view.events.length > 0 ? ["", ...view.events.slice(-left)] : [];
  return [...shown, ...events].map((line) => line.slice(0, width));
}

/** What a person has to answer. */
const asked = (shown: Shown | undefined): readonly string[] => {
  const { state, screen } = shown?.report.status ?? { state: "ready", screen: [] };
  return state.startsWith("waiting-") ? screen.map((text) => `  | ${text}`) : [];
};
