import { constants } from "node:fs";
import { open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { objectIn } from "../../schema/json.ts";
import { SpooledPrompt } from "../../schema/spooled-prompt.ts";

interface Options {
  readonly folder: string;
  /** Durable once it resolves; rejects for what is refused. */
  readonly accept: (prompt: SpooledPrompt) => Promise<void>;
  /** Gets what could not be accepted; the file stays, as `NAME.refused`. */
  readonly refuse: (file: string, error: unknown) => void;
}

/** The ledger refuses longer texts; JSON may write each byte as six. */
const LONGEST = 8 * 1024 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Takes what is in the spool, in the order in which it was sent. Its key makes a prompt that was taken before the same. */
export async function takeSpool({ folder, accept, refuse }: Options): Promise<void> {
  const names = await readdir(folder).catch(() => []); // there is none
  for (const name of names.filter((each) => /^[^.].*\.json$/.test(each)).sort()) {
    const file = join(folder, name);
    try {
      await accept(SpooledPrompt.parse(objectIn(await textOf(file))));
      await unlink(file);
    } catch (error) {
      refuse(file, error);
      await rename(file, `${file}.refused`);
    }
  }
}

async function textOf(file: string): Promise<string> {
  const handle = await open(file, FLAGS);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > LONGEST) throw new Error("not a file of a prompt");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
