import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { AgentOnHost } from "../../../schema/command-output.ts";
import { objectIn } from "../../../schema/json.ts";
import { identityOf } from "./dead-run.ts";
import { runningIn } from "./state-home.ts";

/** How other commands of this user find a fleet of `forge up`: one file for each that runs. */
const Listing = z.strictObject({
  version: z.literal(1),
  run: z.uuid(),
  /** The fleet file. */
  fleet: z.string(),
  pid: z.int(),
  /** Answers questions. */
  socket: z.string(),
  /** The API, see daemon/http/. */
  api: z.string(),
  /** The tmux server that shows the terminals. */
  viewer: z.string(),
  /** Events, one JSON object a line. */
  log: z.string(),
});
export type Listing = z.output<typeof Listing>;

/** Agents to stop, if any; the answer is how all agents of the fleet are then. */
export const Question = z.strictObject({ stop: z.array(z.string()) });
type Question = z.output<typeof Question>;

export const entryOf = (home: string, run: string): string => join(runningIn(home), `${run}.json`);

export interface ListedFleet extends Listing {
  readonly agents: readonly AgentOnHost[];
}

/** The fleets that run now. An entry whose fleet does not answer is one that was killed. */
export async function runningFleets(home: string): Promise<readonly ListedFleet[]> {
  const found = await Promise.all(
    (await listings(home)).map(async (listing) => {
      const agents = await ask(listing, []);
      return agents ? [{ ...listing, agents }] : [];
    }),
  );
  return found.flat().sort((a, b) => a.fleet.localeCompare(b.fleet));
}

async function listings(home: string): Promise<readonly Listing[]> {
  const names = await readdir(runningIn(home)).catch(() => []); // none was ever started
  const found = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(runningIn(home), name), "utf8").catch(() => ""); // ended just now
      return Listing.safeParse(objectIn(content)).data;
    }),
  );
  return found.filter((listing) => listing !== undefined);
}

/** The entries of fleets whose supervisor was killed. */
export async function deadFleets(home: string): Promise<readonly Listing[]> {
  return (await listings(home)).filter(({ pid }) => identityOf(pid) === undefined);
}

/** Stops these agents of a fleet and returns how all of its agents are then; nothing if the fleet is gone. */
export async function ask(
  listing: Pick<Listing, "socket">,
  stop: readonly string[],
): Promise<readonly AgentOnHost[] | undefined> {
  return z.array(AgentOnHost).safeParse(await answerTo(listing, { stop: [...stop] })).data;
}

async function answerTo(
  { socket: path }: Pick<Listing, "socket">,
  question: Question,
): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    socket.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await text(socket));
  } catch {
    return undefined; // nobody listens, or it ended while we asked
  } finally {
    socket.destroy();
  }
}
