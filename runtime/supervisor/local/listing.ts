import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { AgentOnHost } from "../../../schema/command-output.ts";
import { objectIn } from "../../../schema/json.ts";
import { identityOf } from "./dead-run.ts";
import { runningIn } from "./state-home.ts";

/** How other commands of this user find a fleet of `forge up`: one file for each that runs. */
export interface Listing {
  readonly version: 1;
  readonly run: string;
  /** The fleet file. */
  readonly fleet: string;
  readonly pid: number;
  /** Answers questions. */
  readonly socket: string;
  /** The API, see daemon/http/. */
  readonly api: string;
  /** The tmux server that shows the terminals. */
  readonly viewer: string;
  /** Events, one JSON object a line. */
  readonly log: string;
}

const TEXTS = ["fleet", "socket", "api", "viewer", "log"] as const;

/** This user's own forge wrote it. Without zod, which would slow down every command that looks for a fleet. */
const isListing = (found: object): found is Listing => {
  const read: { readonly [field: string]: unknown } = { ...found };
  return (
    read["version"] === 1 &&
    Number.isSafeInteger(read["pid"]) &&
    /^[0-9a-f-]{36}$/.test(String(read["run"])) &&
    TEXTS.every((field) => typeof read[field] === "string")
  );
};

/** What makes an answer one of this version: every field of an agent. The values are forge's own. */
export const AGENT_FIELDS = [
  ...["name", "declared", "fleet", "harness", "model", "unitState", "activity", "screen", "since"],
  ...["pid", "restarts", "memory", "tasks", "result", "exitStatus", "signal"],
  ...["status", "turns", "queued"],
];

const areAgents = (answer: unknown): answer is readonly AgentOnHost[] =>
  Array.isArray(answer) &&
  answer.every(
    (agent: unknown) =>
      typeof agent === "object" &&
      agent !== null &&
      AGENT_FIELDS.every((field) => Object.hasOwn(agent, field)),
  );

/** Agents to stop, if any; the answer is how all agents of the fleet are then. */
export interface Question {
  readonly stop: readonly string[];
}

export const entryOf = (home: string, run: string): string => join(runningIn(home), `${run}.json`);

export interface ListedFleet extends Listing {
  readonly agents: readonly AgentOnHost[];
}

/** A `forge up` that hangs does not hold other commands for longer. Milliseconds. */
const ANSWER_MOST = 3000;

/** The fleets that run now, and answer. */
export async function runningFleets(home: string): Promise<readonly ListedFleet[]> {
  const found = await Promise.all(
    (await listings(home)).map(async (listing) => {
      const agents = await ask(listing, [], ANSWER_MOST);
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
      const found: object = objectIn(content);
      return isListing(found) ? found : undefined;
    }),
  );
  return found.filter((listing) => listing !== undefined);
}

/** The entries of fleets whose supervisor was killed. */
export async function deadFleets(home: string): Promise<readonly Listing[]> {
  return (await listings(home)).filter(({ pid }) => identityOf(pid) === undefined);
}

/** The entries of fleets whose supervisor is there, and does not answer. */
export async function silentFleets(home: string): Promise<readonly Listing[]> {
  const all = await listings(home);
  const answers = await Promise.all(all.map((listing) => ask(listing, [], ANSWER_MOST)));
  return all.filter(({ pid }, at) => answers[at] === undefined && identityOf(pid) !== undefined);
}

/** Stops these agents of a fleet and returns how all of its agents are then; nothing if the fleet is gone. */
export async function ask(
  listing: Pick<Listing, "socket">,
  stop: readonly string[],
  most?: number,
): Promise<readonly AgentOnHost[] | undefined> {
  const answer = await answerTo(listing, { stop }, most);
  return areAgents(answer) ? answer : undefined;
}

async function answerTo(
  { socket: path }: Pick<Listing, "socket">,
  question: Question,
  most?: number,
): Promise<unknown> {
  const socket = connect(path);
  const end = () => socket.destroy(new Error(`no answer within ${most} ms`));
  const late = most === undefined ? undefined : setTimeout(end, most);
  try {
    await once(socket, "connect");
    socket.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await text(socket));
  } catch {
    return undefined; // nobody listens, it ended while we asked, or it hangs
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}
