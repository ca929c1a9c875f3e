import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { objectIn } from "../../schema/json.ts";
import type { Sign, Terminal as Signs } from "../../schema/plan.ts";
import { type State, Status } from "../../schema/status.ts";
import type { Clock } from "./clock.ts";
import type { UpEvent } from "./events.ts";
import { isReady, type Look, lineOf, shows, type Terminal } from "./terminal.ts";

/** The records of one agent: the launcher's, its harness's hooks' and ours. */
export interface StatusFolder {
  read(): Promise<Status | undefined>;
  /** Not if another record came after `known`. Never rejects: an agent may take its own folder away. */
  write(state: State, event: string, known?: Status): Promise<void>;
}

export function statusIn(folder: string): StatusFolder {
  const file = join(folder, "status");
  const read = async () => {
    const text = await readFile(file, "utf8").catch(() => ""); // not yet
    return Status.safeParse(objectIn(text)).data; // every tool of the agent may write here
  };
  const put = async (state: State, event: string, known?: Status) => {
    if (known && (await read())?.at !== known.at) return;
    const record = `${JSON.stringify({ at: Date.now(), state, event })}\n`;
    await appendFile(join(folder, "events"), record);
    await writeFile(`${file}.up`, record);
    await rename(`${file}.up`, file);
  };
  let last = Promise.resolve(); // one at a time
  return {
    read,
    write: (...record) => {
      last = last.then(() => put(...record)).catch(() => {});
      return last;
    },
  };
}

/** How we know what no hook told. */
export const SEEN = "screen";

/**
 * What the terminal shows of the state; nothing while the harness works: then its text may say anything. Before the
 * first turn of a run (`isFresh`) it works at nothing, and what it shows of refusals is of an earlier one.
 */
export function stateShown(seen: Look, signs: Signs, isFresh: boolean): State | undefined {
  const { login, permission, rateLimited, refused, busy } = signs;
  const at = (sign: Sign | null) => (sign ? lineOf(seen, sign) : -1);
  const now = (sign: Sign | null) => (isFresh ? -1 : at(sign));
  if (!isFresh && shows(seen, busy)) return undefined;
  // Of two refusals the lower is the later.
  const [asksLogin, limited] = [Math.max(at(login), now(refused)), now(rateLimited)];
  if (asksLogin >= 0 && asksLogin > limited) return "waiting-login";
  if (at(permission) >= 0) return "waiting-permission";
  if (limited >= 0) return "rate-limited"; // composer or dialog
  return isReady(seen, signs) ? "ready" : undefined;
}

/** The screen adds nothing: it takes prompts after a refusal too, and is the last run's after an end. */
const isCertain = ({ state, event }: Status): boolean =>
  state === "exited" ||
  (event !== SEEN && ["ready", "rate-limited", "waiting-login"].includes(state));

export interface Watch {
  readonly agent: string;
  readonly status: StatusFolder;
  readonly terminal: Terminal;
  readonly signs: Signs;
  readonly clock: Clock;
  readonly tell: (event: UpEvent) => void;
  readonly signal: AbortSignal;
}

/** Looks at what a first frame may not show yet, such as that nobody is logged in. */
const AFTERTHOUGHTS = 10;
/** Looks in a row that must agree: a hook may be far ahead of a slow harness's screen. Nothing is, before its first turn. */
const AGREEING = { fresh: 1, busy: 20, otherwise: 2 };
const SOON = 100;
const LATER = 400;
/** As long as a start may show nothing that we know; forge-ready has the same patience. */
const PATIENCE = 60_000;

/**
 * Tells every change of the state, and writes down what only the terminal shows: readiness after a start, a login
 * that is asked for, the end of a turn that no hook told, a start that comes to nothing. Looks only while nothing
 * certain is known.
 */
export async function watchStatus(watch: Watch): Promise<void> {
  const { agent, status, clock, tell, signal } = watch;
  let told: State | undefined;
  let last: { at: number; shown: State | undefined; times: number } | undefined;
  let looks = 0;
  let since = clock.now();
  let isFresh = true;
  while (!signal.aborted) {
    const known = await status.read();
    const isNew = known !== undefined && known.state !== told;
    // An end is told by who saw it, with its reason.
    if (isNew && known.state !== "exited") tell({ kind: "status", agent, state: known.state });
    if (isNew) since = clock.now();
    told = known?.state;
    const isStarting = known?.state === "starting";
    if (known && known.event !== SEEN) isFresh = isStarting;
    looks = known?.state === "ready" ? looks + 1 : 0;
    if (known && !isCertain(known) && looks <= AFTERTHOUGHTS) {
      const { at, state } = known;
      const isLate = isStarting && clock.now() - since > PATIENCE;
      const shown = (await look(watch, isFresh)) ?? (isLate ? "unknown" : undefined);
      const isSame = last?.at === at && last.shown === shown;
      last = { at, shown, times: isSame && last ? last.times + 1 : 1 };
      const needed = AGREEING[isFresh ? "fresh" : state === "busy" ? state : "otherwise"];
      const isNews = shown !== undefined && shown !== state && last.times >= needed;
      if (isNews && !signal.aborted) await status.write(shown, SEEN, known);
    }
    await clock.sleep(known === undefined || isStarting ? SOON : LATER, signal).catch(() => {}); // over
  }
}

async function look({ terminal, signs }: Watch, isFresh: boolean): Promise<State | undefined> {
  const seen = await terminal.look().catch(() => undefined); // its server may be between two lives
  return seen && stateShown(seen, signs, isFresh);
}
