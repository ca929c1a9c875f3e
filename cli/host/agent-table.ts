import { stateInWords } from "../../runtime/supervisor/systemd/unit-state.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { type Columns, table } from "../table.ts";

const columns = (now: number): Columns<AgentOnHost> => ({
  NAME: ({ name }) => name,
  HARNESS: ({ harness }) => harness,
  MODEL: ({ model }) => model,
  UNIT: (agent) => stateInWords(agent),
  ACTIVITY: ({ activity }) => activity,
  SINCE: ({ since }) => since && ago(now - Date.parse(since)),
  PID: ({ pid }) => pid,
  RESTARTS: ({ restarts }) => restarts,
  MEMORY: ({ memory }) => memory && `${Math.round(memory / 2 ** 20)}M`,
});

const FLEET: Columns<AgentOnHost> = { FLEET: ({ fleet }) => fleet };

/** What `forge ps` prints for people. */
export const agentTable = (agents: readonly AgentOnHost[], now: number): string => {
  const isPlain = agents.every(({ fleet }) => fleet === null);
  return table(isPlain ? columns(now) : { ...columns(now), ...FLEET }, agents);
};

/** What `forge ps --verbose` prints: below each agent also what its terminal showed. */
export const verboseTable = (agents: readonly AgentOnHost[], now: number): string => {
  const [head, ...rows] = agentTable(agents, now).split("\n");
  const screens = agents.map(({ screen }) => screen.map((text) => `  | ${text}`));
  return [head, ...rows.flatMap((row, at) => [row, ...(screens[at] ?? [])])].join("\n");
};

/** A span of time in its largest unit: `40s`, `5m`, `3h`, `12d`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
}
