import type { SessionRecord } from "../../schema/session-record.ts";

/** One record of a conversation as Markdown, with an empty line behind it; nothing for what people do not read. */
export function markdownOf(record: SessionRecord): string {
  switch (record.kind) {
    case "prompt":
      return `${record.isMidTurn ? "" : `## ${heading(record.at)}\n\n`}${quoted(record.text)}\n\n`;
    case "text":
      return `${record.text.trim()}\n\n`;
    case "call":
      return `- ${record.name}${record.about === "" ? "" : `: ${inOneLine(record.about)}`}\n\n`;
    case "result":
      return record.isError ? "  (failed)\n\n" : "";
    case "end":
      return ENDS[record.reason](record.detail);
    case "usage":
      return "";
  }
}

const ENDS = {
  finished: () => "",
  aborted: () => "*The turn was broken off.*\n\n",
  failed: (detail: string | null) =>
    `*The turn failed${detail === null ? "" : `: ${inOneLine(detail)}`}*\n\n`,
};

const heading = (at: number | null): string =>
  at === null ? "At an unknown time" : `${new Date(at).toISOString().slice(0, 19)}Z`;

const quoted = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");

const inOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ");
