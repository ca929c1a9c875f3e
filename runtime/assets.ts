import { readFileSync } from "node:fs";

/** Filled in by scripts/bundle.ts: a program in one file has no files beside it to read. */
declare const FORGE_ASSETS: { readonly [path: string]: string } | undefined;

/** Text of a file of this repository that the program needs when it runs; list it in scripts/bundle.ts. */
export function readAsset(path: string): string {
  const bundled = typeof FORGE_ASSETS === "undefined" ? undefined : FORGE_ASSETS[path];
  return bundled ?? readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}
