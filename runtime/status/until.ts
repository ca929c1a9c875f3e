const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const DURATION =
  /^(?:(?:\d+(?:\.\d+)?)\s*(?:d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b[ ,]*(?:and )?)+/i;
const PART = /(\d+(?:\.\d+)?)\s*(d|h|m|s)/gi;

/** "retrying in 36s", "try again in 1h 5m". */
const AFTER = /\b(?:retry(?:ing)?|try again|resets?|available again) in (?:about )?(?=\d)/i;
/** "try again at 15:04", "resets 3pm (UTC)". */
const AT =
  /\b(?:try again at|resets?(?: at)?|available again at) (\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([ap]\.?m\b\.?)?\s*(?:\(([\w/+-]+)\)|(UTC|GMT|Z)\b(?![+-]))?/i;

/**
 * When a limit ends, as the last line says that tells it; null if none does. A time of the day is the next one. One in
 * a zone that is neither ours nor UTC, or on a date, is not understood.
 */
export function untilIn(screen: string, now: Date): number | null {
  for (const line of screen.split("\n").reverse()) {
    const found = untilOf(line, now);
    if (found !== null) return found;
  }
  return null;
}

function untilOf(line: string, now: Date): number | null {
  const after = AFTER.exec(line);
  if (after) return inAWhile(line.slice(after.index + after[0].length), now);
  const at = AT.exec(line);
  return at ? atTime(at, now) : null;
}

function inAWhile(text: string, now: Date): number | null {
  const duration = DURATION.exec(text)?.[0];
  if (duration === undefined) return null;
  let seconds = 0;
  for (const [, amount, unit = ""] of duration.matchAll(PART))
    seconds += Number(amount) * UNITS[unitOf(unit)];
  return now.getTime() + Math.round(seconds * 1000);
}

const unitOf = (letter: string): keyof typeof UNITS => {
  const lower = letter.toLowerCase();
  return lower === "d" || lower === "h" || lower === "m" ? lower : "s";
};

function atTime(found: RegExpExecArray, now: Date): number | null {
  const [, hours = "", minutes, half, named, short] = found;
  const zone = short ?? named ?? "";
  // A number alone may be the day of a date, or anything.
  if (minutes === undefined && half === undefined) return null;
  const hour = hourOf(Number(hours), half);
  const minute = Number(minutes ?? 0);
  if (hour > 23 || minute > 59) return null;
  const isUtc = /^(UTC|GMT|Z|Etc\/UTC)$/i.test(zone);
  if (zone !== "" && !isUtc && zone !== Intl.DateTimeFormat().resolvedOptions().timeZone)
    return null;
  const then = new Date(now);
  if (isUtc) then.setUTCHours(hour, minute, 0, 0);
  else then.setHours(hour, minute, 0, 0);
  if (then > now) return then.getTime();
  if (isUtc) then.setUTCDate(then.getUTCDate() + 1);
  else then.setDate(then.getDate() + 1);
  return then.getTime();
}

const hourOf = (hour: number, half: string | undefined): number =>
  half === undefined ? hour : (hour % 12) + (/^p/i.test(half) ? 12 : 0);
