import { capture } from "./programs.ts";
import { unitOf } from "./units.ts";

/** Who speaks for forge in the journal. An agent could lie. */
const FORGE = "_SYSTEMD_UNIT=forge-journal.service";

const ofAgent = (agent: string): readonly string[] => [
  `_SYSTEMD_UNIT=${unitOf(agent)}`,
  ...["+", FORGE, `FORGE_AGENT=${agent}`],
];

const ofSystemd = (agent: string): readonly string[] => ["_PID=1", `UNIT=${unitOf(agent)}`];

/** What an agent wrote, what forge says of the agent, and what systemd says of its unit. */
export const journalMatches = (agent: string): readonly string[] => [
  ...ofAgent(agent),
  "+",
  ...ofSystemd(agent),
];

/** The last lines since a moment, without their times; none for people who may not read the journal. */
export async function lastLines(agent: string, since: number): Promise<readonly string[]> {
  const options = ["--quiet", "--no-pager", "--output=cat", "--lines=5"];
  const read = async (matches: readonly string[]): Promise<readonly string[]> => {
    const range = `--since=@${Math.floor(since / 1000)}`;
    const { stdout } = await capture("journalctl", [...options, range, ...matches]);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const own = await read(ofAgent(agent));
  // What never began to run said nothing.
  return own.length > 0 ? own : read(ofSystemd(agent));
}
