import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { ForgeError } from "../schema/errors.ts";
import { GENERATED_FOLDERS, type Output } from "./outputs.ts";

/** Writes all outputs beside the old ones first, then swaps them in; a failure on the way changes nothing. */
export async function writeOutputs(
  root: string,
  outputs: readonly Output[],
): Promise<readonly string[]> {
  const changes = await differences(root, outputs);
  const staging = await mkdtemp(join(root, "modules/.generate-"));
  try {
    for (const { path, content } of outputs) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), content);
    }
    for (const { path, generated } of changes) {
      if (generated === undefined) await rm(join(root, path));
      else {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await rename(join(staging, path), join(root, path));
      }
    }
  } finally {
    await rm(staging, { recursive: true });
  }
  return changes.map(({ path }) => path);
}

/** Throws GENERATED_STALE with a diff if a generated file is missing, edited by hand, or a leftover. */
export async function checkOutputs(root: string, outputs: readonly Output[]): Promise<void> {
  const changes = await differences(root, outputs);
  if (changes.length === 0) return;
  const patches = changes.map(({ path, current, generated }) =>
    createTwoFilesPatch(path, path, current ?? "", generated ?? "", "as it is", "as generated"),
  );
  const names = changes.map(({ path }) => path).join(", ");
  throw new ForgeError("GENERATED_STALE", `${names}\n\n${patches.join("\n")}`, {
    fix: "edit what its header names, then run: npm run generate",
  });
}

interface Difference {
  readonly path: string;
  readonly current: string | undefined;
  readonly generated: string | undefined;
}

async function differences(
  root: string,
  outputs: readonly Output[],
): Promise<readonly Difference[]> {
  const known = new Set(outputs.map(({ path }) => path));
  const present = await Promise.all(GENERATED_FOLDERS.map((folder) => filesIn(root, folder)));
  const leftovers = present.flat().filter((path) => !known.has(path));
  const all = [
    ...outputs.map(({ path, content }) => ({ path, generated: content })),
    ...leftovers.map((path) => ({ path, generated: undefined })),
  ];
  const compared = await Promise.all(
    all.map(async ({ path, generated }) => ({
      path,
      generated,
      current: await read(join(root, path)),
    })),
  );
  return compared.filter(({ current, generated }) => current !== generated);
}

async function filesIn(root: string, folder: string): Promise<readonly string[]> {
  return (await orMissing(readdir(join(root, folder)), [])).map((name) => `${folder}/${name}`);
}

const read = (path: string): Promise<string | undefined> =>
  orMissing(readFile(path, "utf8"), undefined);

async function orMissing<T, D>(result: Promise<T>, missing: D): Promise<T | D> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return missing;
    throw error;
  }
}
