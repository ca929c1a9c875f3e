import { join } from "node:path";
import { readPlan } from "../../plan/build/folder.ts";
import { firstLine } from "../../runtime/supervisor/systemd/agent-file.ts";
import type { ListedHarness } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { objectIn } from "../../schema/json.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { table } from "../table.ts";
import { findHarness, isUnusable, type Where } from "../up/find-harness.ts";

/** The agents of a host, as far as harnesses go. */
export interface Host {
  readonly declared: {
    readonly [agent: string]: { readonly harness: string; readonly plan: string };
  };
  /** Names of agents that run now; null if nobody can tell. */
  readonly running: readonly string[] | null;
  /** Holds the runtime folders of the agents. */
  readonly runtime: string;
}

interface Version {
  readonly harness: string;
  readonly version: string;
}

/** Where a harness may be installed. */
type Places = Pick<Where, "projects" | "path">;

/** What each harness is, and in which versions it is here: on this host, or else in these npm projects. */
export async function listHarnesses(
  harnesses: readonly Harness[],
  host: Host | undefined,
  places: Places,
): Promise<readonly ListedHarness[]> {
  const pinned = host ? await pinnedOn(host) : await installedIn(places, harnesses);
  const running = host ? await runningOn(host) : null;
  const versionsOf = (name: string, versions: readonly Version[]): string[] => [
    ...new Set(versions.filter(({ harness }) => harness === name).map(({ version }) => version)),
  ];
  return harnesses.map(({ name, tested, package: { nixpkgs, npm, licence, unfree } }) => ({
    ...{ name, nixpkgs, npm, licence, unfree, tested },
    pinned: versionsOf(name, pinned).sort(),
    running: running && versionsOf(name, running).sort(),
  }));
}

export const harnessTable = (harnesses: readonly ListedHarness[]): string =>
  table(
    {
      HARNESS: ({ name }) => name,
      NIXPKGS: ({ nixpkgs }) => nixpkgs,
      NPM: ({ npm }) => npm,
      LICENCE: ({ licence, unfree }) => (unfree ? `${licence} (unfree)` : licence),
      TESTED: ({ tested }) => tested,
      PINNED: ({ pinned }) => pinned.join(", ") || null,
      RUNNING: ({ running }) => running?.join(", ") || null,
    },
    harnesses,
  );

const pinnedOn = ({ declared }: Host): Promise<readonly Version[]> =>
  Promise.all(Object.values(declared).map(({ plan }) => versionIn(plan)));

async function versionIn(planFolder: string): Promise<Version> {
  const { harness, package: source } = await readPlan(planFolder, async () => "");
  return { harness, version: source.version };
}

async function installedIn(
  places: Places,
  harnesses: readonly Harness[],
): Promise<readonly Version[]> {
  const found = await Promise.all(
    harnesses.map((harness) =>
      findHarness(harness, { given: undefined, flag: "--program ", own: null, ...places }).then(
        ({ version }) => [{ harness: harness.name, version }],
        (error: unknown) => {
          if (isUnusable(error)) return [];
          throw error;
        },
      ),
    ),
  );
  return found.flat();
}

/** A running agent may be older than its declaration, so the record of its start counts. */
async function runningOn({ declared, running, runtime }: Host): Promise<readonly Version[] | null> {
  if (running === null) return null;
  const versions = running.map(async (agent) => {
    const plan = startedFrom(join(runtime, agent));
    const known = plan === undefined ? undefined : await versionIn(plan).catch(ifForgeError);
    if (known) return [known];
    const harness = declared[agent]?.harness;
    return harness === undefined ? [] : [{ harness, version: "unknown" }];
  });
  return (await Promise.all(versions)).flat();
}

/** An agent can write what it likes where its start is recorded. */
function ifForgeError(error: unknown): undefined {
  if (!(error instanceof ForgeError)) throw error;
}

/** The plan folder that the launcher said it started from; nothing if that cannot be read. */
function startedFrom(folder: string): string | undefined {
  const { plan } = objectIn(firstLine(join(folder, "events")));
  return typeof plan === "string" ? plan : undefined;
}
