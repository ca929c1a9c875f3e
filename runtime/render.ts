import { readAsset } from "./assets.ts";
import scripts from "./scripts.json" with { type: "json" };

/** Absolute paths of the programs that our scripts use; `coreutils` is a directory. */
export interface ScriptTools {
  readonly bash: string;
  readonly coreutils: string;
  readonly flock: string;
  readonly jq: string;
  /** For agents whose plan names databases. */
  readonly sqlite3: string;
}

type Script = keyof typeof scripts;

export const isScript = (name: string): name is Script => Object.hasOwn(scripts, name);

const substitute = (text: string, values: Iterable<readonly [string, string]>): string =>
  [...values].reduce((done, [name, value]) => done.replaceAll(`@${name}@`, () => value), text);

/** A script's parts in order, its texts filled in. Its programs are still `@name@`. */
export function joinParts(name: Script): string {
  const { parts, texts } = scripts[name];
  const contents = Object.entries(texts).map(([text, path]) => [text, readAsset(path)] as const);
  return substitute(parts.map(readAsset).join("\n"), contents);
}

/** A script's text with its programs filled in, as nix/scripts.nix does it in a Nix build. */
export const renderLauncher = (tools: ScriptTools): string =>
  substitute(joinParts("launch"), Object.entries(tools));
export const renderSignal = (tools: ScriptTools): string =>
  substitute(joinParts("forge-signal"), Object.entries(tools));
