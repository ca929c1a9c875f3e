const UNITS = { "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const isUnit = (text: string): text is keyof typeof UNITS => Object.hasOwn(UNITS, text);

/** Milliseconds of `30s`, `10m`, `2h`, `1d` or a number of seconds; undefined for what is none, or nothing. */
export function duration(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  if (count === "" || !isUnit(unit)) return undefined;
  const milliseconds = Math.ceil(Number(count) * UNITS[unit]);
  return milliseconds > 0 && Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
