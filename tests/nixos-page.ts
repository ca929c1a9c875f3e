import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Block {
  /** What the fence says: `nix`, `sh` and the like. */
  readonly language: string;
  /** File that the line before the block names. */
  readonly file?: string;
  readonly text: string;
}

export interface Part {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const FENCED = /(?:^`(?<file>[^`\n]+)`:\n\n)?^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gm;

export const page = readFileSync(
  fileURLToPath(new URL("../docs/nixos.md", import.meta.url)),
  "utf8",
);

/** The parts of docs/nixos.md with their blocks, as they are printed. */
export const parts: readonly Part[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    title: text.split("\n")[0] ?? "",
    blocks: [...text.matchAll(FENCED)].map(({ groups }) => ({
      language: groups?.["language"] ?? "",
      ...(groups?.["file"] !== undefined && { file: groups["file"] }),
      text: groups?.["text"] ?? "",
    })),
  }));

/** The files that a part writes, by name. */
export const filesOf = ({ blocks }: Part): { readonly [file: string]: string } =>
  Object.fromEntries(
    blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text]])),
  );

/** The commands of a part, as one script. */
export const commandsOf = ({ blocks }: Part): string =>
  blocks.flatMap(({ language, text }) => (language === "sh" ? [text] : [])).join("");
