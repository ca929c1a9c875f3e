import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { ForgeError } from "../../../schema/errors.ts";

/** Paths end up in tmux's and the shell's languages, and a socket's path has 107 bytes at most. */
const USABLE = /^\/[\w./+-]{0,50}$/;

/** A private folder for sockets, credentials and plan folders: on the user's own file system where there is one. */
export async function makeRuntimeFolder(candidates: readonly (string | undefined)[]) {
  for (const parent of [...candidates, "/tmp"]) {
    if (parent === undefined || !USABLE.test(parent) || !(await isWritable(parent))) continue;
    return mkdtemp(join(parent, PREFIX)); // mode 0700
  }
  throw new ForgeError("STATE_UNSAFE", "no folder for sockets: /tmp cannot be written to", {
    fix: "set XDG_RUNTIME_DIR or TMPDIR to a folder of yours with a short path",
  });
}

export const PREFIX = "forge-";

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 });
