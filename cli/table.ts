import { plain } from "./print.ts";

/** How each column, by its title, shows a row; null is what is not known or not so. */
export interface Columns<Row> {
  readonly [title: string]: (row: Row) => string | number | null;
}

const NONE = "-";

/** A cell is one line, and no text from outside makes a row of its own. */
const inCell = (value: string | number): string => plain(String(value)).replace(/\s+/g, " ");

/** A table as people read it, one line a row. */
export function table<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => inCell(cell(row) ?? NONE)));
  const lines = [Object.keys(columns), ...cells];
  const widths = Object.keys(columns).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
