import type { Report, Result } from "./check.ts";

/** What `forge harness check` prints: a line per check, then the terminal if one failed. */
export const describeReport = ({ results, screen }: Report): string =>
  [...results.map(describe), ...screen.map((line) => `  | ${line}`)]
    .map((line) => `${line}\n`)
    .join("");

function describe(result: Result): string {
  switch (result.verdict) {
    case "ok":
      return `ok      ${result.what} (${(result.milliseconds / 1000).toFixed(1)} s)`;
    case "failed":
      return `failed  ${result.what}: ${result.reason}`;
    case "not tried":
      return `-       ${result.what}`;
  }
}
