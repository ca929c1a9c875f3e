import { constants } from "node:fs";
import { open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type ErrorCode, ForgeError } from "../../schema/errors.ts";
import { objectIn } from "../../schema/json.ts";
import { SpooledPrompt } from "../../schema/spooled-prompt.ts";

interface Options {
  readonly folder: string;
  /** Durable once it resolves; rejects for what is refused. */
  readonly accept: (prompt: SpooledPrompt) => Promise<void>;
  /** Gets what could not be accepted, and why. */
  readonly refuse: (file: string, error: unknown) => void;
}

/** The ledger refuses longer texts; JSON may write each byte as six. */
const LONGEST = 8 * 1024 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Takes what is in the spool, in the order in which it was sent. Its key makes a prompt that was taken before the same.
 * What is refused stays aside. Anything else that fails may pass: then the file stays for the next time, and the
 * later ones for the same agent. Never rejects.
 */
export async function takeSpool({ folder, accept, refuse }: Options): Promise<void> {
  const names = await readdir(folder).catch(() => []); // there is none
  const waiting = new Set<string>();
  for (const name of names.filter((each) => /^[^.].*\.json$/.test(each)).sort()) {
    const file = join(folder, name);
    let agent: string | undefined;
    try {
      const prompt = promptIn(await textOf(file));
      agent = prompt.agent;
      if (waiting.has(agent)) continue;
      await accept(prompt);
      await unlink(file).catch(() => {}); // its sender took it back
    } catch (error) {
      if (isGone(error)) continue;
      refuse(file, error);
      if (isRefused(error))
        await rename(file, `${file}.refused`).catch(() => {}); // refused again the next time
      else if (agent !== undefined) waiting.add(agent);
    }
  }
}

/** What no later attempt changes. */
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  ...([
    "AGENT_UNKNOWN",
    "PROMPT_REFUSED",
    "PROMPT_KEY_TAKEN",
    "NOT_SUPPORTED_HERE",
    "REQUEST_INVALID",
  ] as const),
]);

const isRefused = (error: unknown): boolean =>
  error instanceof ForgeError && REFUSALS.has(error.code);

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

const notAPrompt = (why: string): ForgeError =>
  new ForgeError("REQUEST_INVALID", `no prompt that forge send wrote: ${why}`, {
    fix: "send the prompt again, and remove the file",
  });

function promptIn(text: string): SpooledPrompt {
  const { data, error } = SpooledPrompt.safeParse(objectIn(text));
  if (data) return data;
  throw notAPrompt(z.prettifyError(error));
}

async function textOf(file: string): Promise<string> {
  const handle = await open(file, FLAGS).catch((error: unknown) => {
    throw isLink(error) ? notAPrompt("it is a link") : error;
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > LONGEST) throw notAPrompt("it is no file, or too long");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

const isLink = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ELOOP";
