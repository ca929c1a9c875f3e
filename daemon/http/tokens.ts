import { createHash, timingSafeEqual } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { Role } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";

export interface Tokens {
  readonly roleOf: (token: string) => Role | undefined;
}

const SHORTEST = 20;
const MOST_BYTES = 64 * 1024;

/** Reads a file of tokens: a line for each, `read TOKEN` or `write TOKEN`. Lines that begin with # are comments. */
export async function readTokens(path: string): Promise<Tokens> {
  return tokensIn(await privateText(path), path);
}

/** The text of a file that only its owner, and perhaps its group, may read. */
async function privateText(path: string): Promise<string> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw refused(path, "it is not a file", "name a file");
    if (stat.size > MOST_BYTES)
      throw refused(path, "it is larger than 64 KiB", "keep fewer tokens");
    if (stat.mode & 0o027) {
      const mode = (stat.mode & 0o777).toString(8);
      throw refused(path, `its mode is ${mode}`, `chmod 0600 ${path}`);
    }
    return await file.readFile("utf8");
  } catch (error) {
    if (error instanceof ForgeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw refused(path, why, "see that this user can read it");
  } finally {
    await file?.close();
  }
}

const refused = (path: string, why: string, fix: string): ForgeError =>
  new ForgeError("TOKENS_INVALID", `${path}: ${why}`, { fix });

const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

/** No message here repeats a line: it may hold a token. */
function tokensIn(text: string, path: string): Tokens {
  const known = text.split("\n").flatMap((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const [word, token = "", ...rest] = line.trim().split(/\s+/);
    const role = Role.safeParse(word).data;
    if (role === undefined || rest.length > 0 || token.length < SHORTEST) {
      throw refused(
        path,
        `line ${index + 1} is not a role and a token`,
        `write read or write, a space, and a token of at least ${SHORTEST} characters`,
      );
    }
    return [{ role, digest: digest(token) }];
  });
  if (known.length === 0) throw refused(path, "it has no token", "write a line: read TOKEN");
  return {
    roleOf: (token) => {
      const given = digest(token);
      let role: Role | undefined;
      for (const one of known) if (timingSafeEqual(one.digest, given)) role = one.role; // all, to tell nothing by time
      return role;
    },
  };
}
