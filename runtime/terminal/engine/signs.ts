import type { Activity } from "../../../schema/activity-record.ts";
import type { Sign, Terminal as Signs } from "../../../schema/plan.ts";

/** What a terminal shows at one moment. */
export interface Look {
  readonly title: string;
  /** The visible lines, without the blank ones at the end. */
  readonly screen: string;
}

/** Takes a prompt, and is in no turn. */
export const isReady = (seen: Look, { ready, busy }: Pick<Signs, "ready" | "busy">): boolean =>
  shows(seen, ready) && !shows(seen, busy);

export const shows = (seen: Look, sign: Sign): boolean => lineOf(seen, sign) >= 0;

/** The last line at which the sign shows, -1 if it does not, infinity in the title. runtime/terminal/terminal.bash does the same; schema/sign-matching-cases.ts tests both. */
export function lineOf({ title, screen }: Look, sign: Sign): number {
  if ("title" in sign) return new RegExp(sign.title).test(title) ? Number.POSITIVE_INFINITY : -1;
  const lines = screen.split("\n");
  const parts = sign.screen.split("\\n").map((part) => new RegExp(part));
  return lines.findLastIndex((_, at) => parts.every((part, i) => part.test(lines[at + i] ?? "")));
}

/** The first text at which the sign shows: the question, where the sign also names the line of keys below it. */
function textOf(seen: Look, sign: Sign): string {
  if ("title" in sign) return seen.title;
  const lines = seen.screen.split("\n");
  const parts = sign.screen.split("\\n").map((part) => new RegExp(part));
  return lines.find((_, at) => parts.every((part, i) => part.test(lines[at + i] ?? ""))) ?? "";
}

export interface Shown {
  readonly state: Exclude<Activity, "starting" | "busy" | "stuck" | "unknown" | "exited">;
  /** What shows it, if a person should read it. */
  readonly text: string;
}

/**
 * What the terminal shows of the state; nothing while the harness works: then its text may say anything. Before the
 * first turn of a run (`isFresh`) it works at nothing, and what it shows of refusals is of an earlier one.
 */
export function stateSeen(seen: Look, signs: Signs, isFresh: boolean): Shown | undefined {
  const { login, dialog, rateLimited, refused, busy } = signs;
  const at = (sign: Sign | null) => (sign ? lineOf(seen, sign) : -1);
  const now = (sign: Sign | null) => (isFresh ? -1 : at(sign));
  const text = (...of: readonly (Sign | null)[]) =>
    of.map((sign) => sign && textOf(seen, sign)).find(Boolean) ?? "";
  if (!isFresh && shows(seen, busy)) return undefined;
  // Of two refusals the lower is the later.
  const [asksLogin, limited] = [Math.max(at(login), now(refused)), now(rateLimited)];
  if (asksLogin >= 0 && asksLogin > limited)
    return { state: "waiting-login", text: text(login, isFresh ? null : refused) };
  if (at(dialog) >= 0) return { state: "waiting-permission", text: text(dialog) };
  if (limited >= 0) return { state: "rate-limited", text: text(rateLimited) }; // composer or dialog
  return isReady(seen, signs) ? { state: "ready", text: "" } : undefined;
}

export const stateShown = (...look: Parameters<typeof stateSeen>): Activity | undefined =>
  stateSeen(...look)?.state;
