import { constants } from "node:fs";
import { type FileHandle, open, opendir } from "node:fs/promises";

/**
 * Files below a folder that belongs to an agent. It may put links, pipes, sockets and any number of names there: no link is
 * followed, only regular files are opened, and no open waits.
 */

const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const FOLDER = FILE | constants.O_DIRECTORY;

/** Names that one search looks at. */
const MOST_NAMES = 20_000;

const below = ({ fd }: FileHandle, name: string): string => `/proc/self/fd/${fd}/${name}`;

export interface Found {
  /** Below the root. */
  readonly path: string;
  readonly handle: FileHandle;
}

/** Opens the regular file at a path of plain names; nothing where there is none. */
export async function openBeneath(root: string, path: string): Promise<FileHandle | undefined> {
  const found = await newestBeneath(root, path.split("/").map(literally));
  return found?.handle;
}

/** Opens the file that was changed last among those whose names match; nothing where there is none. */
export async function newestBeneath(
  root: string,
  names: readonly RegExp[],
): Promise<Found | undefined> {
  const top = await open(root, constants.O_RDONLY | constants.O_DIRECTORY).catch(() => undefined);
  if (top === undefined) return undefined;
  const search = { left: MOST_NAMES, found: undefined, changed: 0n };
  try {
    return await lookIn(top, names, "", search);
  } finally {
    await top.close();
  }
}

interface Search {
  left: number;
  found: Found | undefined;
  changed: bigint;
}

/** One level, and those below it. */
async function lookIn(
  folder: FileHandle,
  [name, ...rest]: readonly RegExp[],
  path: string,
  search: Search,
): Promise<Found | undefined> {
  if (name === undefined) return search.found;
  for (const each of await namesIn(folder, name, search)) {
    const handle = await open(below(folder, each), rest.length > 0 ? FOLDER : FILE).catch(
      () => undefined, // a link, a socket, gone, or not ours to read
    );
    if (handle === undefined) continue;
    if (rest.length === 0) await keepNewest({ path: path + each, handle }, search);
    else
      try {
        await lookIn(handle, rest, `${path}${each}/`, search);
      } finally {
        await handle.close();
      }
  }
  return search.found;
}

async function keepNewest(candidate: Found, search: Search): Promise<void> {
  const stat = await candidate.handle.stat({ bigint: true }).catch(() => undefined); // the disk fails
  if (!stat?.isFile() || stat.mtimeNs <= search.changed) return candidate.handle.close();
  await search.found?.handle.close();
  search.found = candidate;
  search.changed = stat.mtimeNs;
}

const LITERAL = /^\^([\w-]|\\\.)+\$$/;

async function namesIn(
  folder: FileHandle,
  pattern: RegExp,
  search: Search,
): Promise<readonly string[]> {
  if (LITERAL.test(pattern.source)) return [pattern.source.slice(1, -1).replaceAll("\\.", ".")];
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(below(folder, "."))) {
      if (search.left-- <= 0) break;
      if (pattern.test(name)) names.push(name);
    }
  } catch {
    // the folder is gone, or the disk fails: what was seen counts
  }
  return names;
}

/** A pattern for exactly this name. */
export const literally = (name: string): RegExp => new RegExp(`^${escaped(name)}$`);

/** Of a name, as a regular expression takes it literally. */
export const escaped = (text: string): string => text.replace(/[^\w-]/g, "\\$&");
