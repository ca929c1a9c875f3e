import { deadFleets, silentFleets } from "../../runtime/supervisor/local/listing.ts";
import { stateHome } from "../../runtime/supervisor/local/state-home.ts";
import { findTools } from "../../runtime/supervisor/local/tools.ts";
import type { Finding } from "../../schema/command-output.ts";
import { type LowDisk, lowDiskOf } from "../host/low-disk.ts";
import { foundBy } from "./found.ts";

export interface Machine {
  readonly env: { readonly [name: string]: string | undefined };
  readonly nodeVersion: string;
}

/** What `forge up` needs of this machine. */
export async function machineFindings({ env, nodeVersion }: Machine): Promise<readonly Finding[]> {
  const home = stateHome(env);
  const low = lowDiskOf(home);
  return [
    ...nodeFindings(nodeVersion),
    ...(await toolFindings(env["PATH"] ?? "")),
    ...(low ? [diskFinding(low)] : []),
    ...(await deadFleets(home)).map(({ fleet }) => ({
      ...{ code: "fleet-killed", about: fleet, what: "its forge up was killed; agents may run on" },
      fix: `forge down ${fleet} ends them`,
    })),
    ...(await silentFleets(home)).map(({ fleet, pid }) => ({
      ...{ code: "fleet-silent", about: fleet, what: `its forge up (process ${pid}) hangs` },
      fix: `end it with kill -9 ${pid}, then: forge down ${fleet}`,
    })),
  ];
}

/** The first version whose SQLite keeps prompts. */
const [MAJOR, MINOR] = [22, 13];

function nodeFindings(version: string): readonly Finding[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return [];
  const what = `it is version ${version}: agents of forge up get no prompts`;
  const fix = `run forge on Node ${MAJOR}.${MINOR} or later`;
  return [{ code: "NODE_TOO_OLD", about: "Node", what, fix }];
}

const toolFindings = (path: string): Promise<readonly Finding[]> =>
  findTools(path).then(
    () => [],
    (error: unknown) => [foundBy("forge up", error)],
  );

export const diskFinding = ({ path, left, of }: LowDisk): Finding => ({
  ...{ code: "disk-low", about: path, fix: "remove files, or agents will fail to write" },
  what: `its disk has ${left} % of its ${of} left`,
});
