import { globSync } from "node:fs";
import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

export const STORE = "/nix/store";

/** Text with the hashes of store paths taken out. */
export const portable = (text: string): string =>
  text.replace(/\/nix\/store\/[a-z0-9]{32}-/g, `${STORE}/`);

/** Names in the store that a portable text has. */
export const storeNames = (text: string): readonly string[] =>
  [...text.matchAll(/\/nix\/store\/([A-Za-z0-9+._?=-]+)/g)].flatMap(([, name]) => name ?? []);

export interface HostFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  readonly link: boolean;
}

/** Every file and link below a folder, in order. A link's text is its target; programs that are no text are left out. */
export async function filesOf(folder: string): Promise<readonly HostFile[]> {
  const paths = globSync("**/*", { cwd: folder });
  const files = await Promise.all(paths.sort().map((path) => fileAt(folder, path)));
  return files.filter((file) => file !== undefined);
}

async function fileAt(folder: string, path: string): Promise<HostFile | undefined> {
  const at = join(folder, path);
  const status = await lstat(at);
  if (status.isSymbolicLink()) return { path, text: await readlink(at), link: true };
  if (status.isDirectory()) return undefined;
  const text = await readFile(at, "utf8");
  return text.startsWith("\u007fELF") ? undefined : { path, text, link: false };
}
