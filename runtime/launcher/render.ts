import { readAsset } from "../assets.ts";

/** Absolute paths of the programs that the launcher uses; `coreutils` is a directory. */
export interface LauncherTools {
  readonly bash: string;
  readonly coreutils: string;
  readonly flock: string;
  readonly jq: string;
}

/** The launcher's text with its programs filled in, as nix/launcher.nix does it in a Nix build. */
export const renderLauncher = (tools: LauncherTools): string =>
  Object.entries(tools).reduce(
    (text, [name, path]) => text.replaceAll(`@${name}@`, path),
    readAsset("runtime/launcher/launch"),
  );
