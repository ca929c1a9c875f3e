import { capture } from "./programs.ts";
import { unitOf } from "./units.ts";

/** What an agent wrote, what systemd says of its unit, and what other parts of forge say of the agent. */
export const journalMatches = (agent: string): readonly string[] => [
  `_SYSTEMD_UNIT=${unitOf(agent)}`,
  "+",
  "_PID=1",
  `UNIT=${unitOf(agent)}`,
  "+",
  "SYSLOG_IDENTIFIER=forge",
  `FORGE_AGENT=${agent}`,
];

/** The last lines since a moment, without their times; nothing for people who may not read the journal. */
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
