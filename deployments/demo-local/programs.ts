import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { which } from "../../runtime/supervisor/local/tools.ts";

/** What pi searches files with, by the names that systems give it. Without it pi says so, and works. */
const WANTED: { readonly [program: string]: readonly string[] } = {
  fd: ["fd", "fdfind"],
  rg: ["rg"],
};

/**
 * A folder of links to Node and to what of the above is anywhere on the user's PATH, which agents do not get. Returns the
 * path of Node in it, whose folder comes first on an agent's PATH.
 */
export async function linkPrograms(folder: string, node: string, path: string): Promise<string> {
  await mkdir(folder);
  for (const [program, names] of Object.entries(WANTED)) {
    const found = await Promise.all(names.map((name) => which(name, path)));
    const first = found.find((file) => file !== undefined);
    if (first !== undefined) await symlink(first, join(folder, program));
  }
  await symlink(node, join(folder, "node"));
  return join(folder, "node");
}
