import { readFileSync } from "node:fs";
import { capture } from "./programs.ts";
import { unitOf } from "./units.ts";

/** Who speaks for forge in the journal: root, and the user of the agents' terminals. An agent could lie. */
function trustedUsers(): readonly string[] {
  const [, holder] = /^forge-tty:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
  return ["_UID=0", ...(holder === undefined ? [] : [`_UID=${holder}`])];
}

/** What an agent wrote, what systemd says of its unit, and what other parts of forge say of the agent. */
export const journalMatches = (agent: string): readonly string[] => [
  `_SYSTEMD_UNIT=${unitOf(agent)}`,
  ...["+", "_PID=1", `UNIT=${unitOf(agent)}`],
  ...["+", "SYSLOG_IDENTIFIER=forge", `FORGE_AGENT=${agent}`, ...trustedUsers()],
];

/** The last lines since a moment, without their times; none for people who may not read the journal. */
export async function lastLines(
  agent: string,
  since: number,
  count = 5,
): Promise<readonly string[]> {
  const range = [`--lines=${count}`, `--since=@${Math.floor(since / 1000)}`];
  const plain = ["--quiet", "--no-pager", "--output=cat"];
  const { stdout } = await capture("journalctl", [...plain, ...range, ...journalMatches(agent)]);
  return stdout.split("\n").filter((line) => line !== "");
}
