import { readAsset } from "./assets.ts";

/** Absolute paths of the programs that our scripts use; `coreutils` is a directory. */
export interface ScriptTools {
  readonly bash: string;
  readonly coreutils: string;
  readonly flock: string;
  readonly jq: string;
  /** For agents whose plan names databases. */
  readonly sqlite3: string;
}

const render = (script: string, tools: ScriptTools): string =>
  Object.entries(tools).reduce(
    (text, [name, path]) => text.replaceAll(`@${name}@`, path),
    readAsset(script),
  );

/** A script's text with its programs filled in, as nix/scripts.nix does it in a Nix build. */
export const renderLauncher = (tools: ScriptTools): string =>
  render("runtime/launcher/launch", tools);
export const renderSignal = (tools: ScriptTools): string =>
  render("runtime/signal/forge-signal", tools);
