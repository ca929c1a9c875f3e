import { createHash } from "node:crypto";
import type { Sign, Terminal as Signs } from "../../schema/plan.ts";
import { excerptOf } from "../terminal/engine/excerpt.ts";
import { type Look, lineOf, shows, stateSeen } from "../terminal/engine/signs.ts";
import type { Seen, Shown } from "./types.ts";
import { untilIn } from "./until.ts";

export interface Reading {
  readonly signs: Signs;
  /** Where the harness says that a request to its model failed. */
  readonly failure: Sign | null;
  readonly isFresh: boolean;
  readonly wall: number;
}

/** What one look at a terminal says of the agent. */
export function seenOn(
  look: Look,
  { signs, failure, isFresh, wall }: Reading,
): Omit<Seen, "began" | "isFrozen"> {
  const { title, screen } = look;
  const told = stateSeen(look, signs, isFresh);
  const shown: Shown | null = told?.state ?? (shows(look, signs.busy) ? "busy" : null);
  return {
    shown,
    screen: excerptOf(told ? told.text : screen),
    print: createHash("sha1").update(`${title}\n${screen}`).digest("base64"),
    isLimited: signs.rateLimited !== null && shows(look, signs.rateLimited),
    until: untilIn(screen, new Date(wall)),
    failure: failure ? failureIn(look, failure) : "",
  };
}

function failureIn(look: Look, sign: Sign): string {
  const line = look.screen.split("\n")[lineOf(look, sign)] ?? "";
  return excerptOf(line)[0]?.trim() ?? "";
}
