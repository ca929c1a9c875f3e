import { randomBytes } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { PATHS } from "../../schema/host-paths.ts";
import type { SpooledPrompt } from "../../schema/spooled-prompt.ts";

/**
 * Keeps a prompt for the daemon, which takes the files in the order of their names. It is on the disk when this
 * resolves. Rejects as the file system does: EACCES for who is no operator, ENOENT where there is no spool.
 */
export async function spool(prompt: SpooledPrompt, folder: string = PATHS.spool): Promise<void> {
  const name = `${String(prompt.sent).padStart(15, "0")}-${process.hrtime.bigint()}-${randomBytes(6).toString("hex")}`;
  const unfinished = join(folder, `.${name}`);
  const file = await open(unfinished, "wx", 0o640);
  try {
    await file.chmod(0o640); // whatever the user's umask is
    await file.writeFile(JSON.stringify(prompt));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, `${name}.json`));
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
