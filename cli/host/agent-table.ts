import { stateInWords } from "../../runtime/supervisor/systemd/unit-state.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { type Columns, table, widthOf, widthOfOutput } from "../table.ts";

const columns = (now: number): Columns<AgentOnHost> => ({
  NAME: ({ name }) => name,
  HARNESS: ({ harness }) => harness,
  MODEL: ({ model }) => model,
  UNIT: (agent) => stateInWords(agent),
  ACTIVITY: (agent) => activityInWords(agent, now),
  SINCE: ({ since }) => since && ago(now - Date.parse(since)),
  PID: ({ pid }) => pid,
  RESTARTS: ({ restarts }) => restarts,
  MEMORY: ({ memory }) => memory && `${Math.round(memory / 2 ** 20)}M`,
});

const FLEET: Columns<AgentOnHost> = { FLEET: ({ fleet }) => fleet };
const TURNS: Columns<AgentOnHost> = {
  TURNS: ({ turns }) => turns,
  QUEUE: ({ queued }) => queued,
};

/** What `forge ps` prints for people. Turns and queue have columns where they are known, and fit. */
export function agentTable(
  agents: readonly AgentOnHost[],
  now: number,
  limit = widthOfOutput(),
): string {
  const isPlain = agents.every(({ fleet }) => fleet === null);
  const usual = isPlain ? columns(now) : { ...columns(now), ...FLEET };
  const full = { ...usual, ...TURNS };
  const isKnown = agents.some(({ turns }) => turns !== null);
  return table(isKnown && widthOf(full, agents) <= limit ? full : usual, agents, limit);
}

/** `ready (2 queued)`; what forge's API says of the agent, or else what its supervisor does. */
export function activityInWords(
  { status, activity, queued }: Pick<AgentOnHost, "status" | "activity" | "queued">,
  now: number,
): string | null {
  const until = status?.until ? ` until ${clockTime(status.until, now)}` : "";
  const state = status ? `${status.state}${until}` : activity;
  return queued ? `${state} (${queued} queued)` : state;
}

const DAY = 86_400_000;

/** `14:05`, with the date where that is further away than a day. */
function clockTime(at: number, now: number): string {
  const text = new Date(at).toLocaleString("sv-SE");
  return Math.abs(at - now) < DAY ? text.slice(11, 16) : text.slice(0, 16);
}

/** What `forge ps --verbose` prints: below each agent also what its terminal showed. */
export const verboseTable = (agents: readonly AgentOnHost[], now: number): string => {
  const [head, ...rows] = agentTable(agents, now).split("\n");
  const screens = agents.map((agent) => shownBy(agent).map((text) => `  | ${text}`));
  return [head, ...rows.flatMap((row, at) => [row, ...(screens[at] ?? [])])].join("\n");
};

/** Of the state that is told: a supervisor's look may be of another. */
const shownBy = ({ status, activity, screen }: AgentOnHost): readonly string[] =>
  status === null || (status.screen.length === 0 && status.state === activity)
    ? screen
    : status.screen;

/** A span of time in its largest unit: `40s`, `5m`, `3h`, `12d`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
}
