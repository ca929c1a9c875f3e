import { plain } from "./print.ts";

/** How each column, by its title, shows a row; null is what is not known or not so. */
export interface Columns<Row> {
  readonly [title: string]: (row: Row) => string | number | null;
}

const NONE = "-";

/** A cell is one line, and no text from outside makes a row of its own. */
const inCell = (value: string | number): string => plain(String(value)).replace(/\s+/g, " ");

/** Columns of the terminal that shows our output; no limit where that is a file or another program. */
export const widthOfOutput = (): number =>
  (process.stdout.isTTY && process.stdout.columns) || Number.POSITIVE_INFINITY;

/** A table as people read it, one line a row. Where it is wider than `limit`, its widest cells are cut. */
export function table<Row>(
  columns: Columns<Row>,
  rows: readonly Row[],
  limit: number = widthOfOutput(),
): string {
  const lines = linesOf(columns, rows);
  const widths = narrowed(widthsOf(lines), limit);
  return lines
    .map((line) => line.map((cell, column) => cut(cell, widths[column] ?? 0)).join(GAP))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** Columns of a terminal that the table needs if nothing of it is cut. */
export const widthOf = <Row>(columns: Columns<Row>, rows: readonly Row[]): number =>
  total(widthsOf(linesOf(columns, rows)));

const linesOf = <Row>(columns: Columns<Row>, rows: readonly Row[]): readonly string[][] => [
  Object.keys(columns),
  ...rows.map((row) => Object.values(columns).map((cell) => inCell(cell(row) ?? NONE))),
];

const widthsOf = (lines: readonly string[][]): readonly number[] =>
  (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);

const GAP = "  ";
const NARROWEST = 4;

/** Takes from the widest column until all fit. The first one stays, as people type what is in it. */
function narrowed(natural: readonly number[], limit: number): readonly number[] {
  const widths = [...natural];
  while (total(widths) > limit) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest, 1)] = widest - 1;
  }
  return widths;
}

/** A path keeps its end, which tells it from others. */
function cut(cell: string, width: number): string {
  if (cell.length <= width) return cell.padEnd(width);
  return cell.startsWith("/") ? `…${cell.slice(1 - width)}` : `${cell.slice(0, width - 1)}…`;
}
