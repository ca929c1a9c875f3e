import { execa } from "execa";
import { ForgeError } from "../../schema/errors.ts";

/**
 * Runs the real nixfmt over Nix files, if it is on PATH. Returns whether it was there.
 * Throws GENERATED_STALE if it would change a file: the printer is then wrong, not the file.
 */
export async function checkFormat(root: string, files: readonly string[]): Promise<boolean> {
  const result = await execa("nixfmt", ["--check", ...files], { cwd: root, reject: false });
  if (result.code === "ENOENT") return false;
  if (result.exitCode !== 0) {
    throw new ForgeError(
      "GENERATED_STALE",
      `nixfmt would change generated files:\n${result.stderr}`,
      {
        fix: "correct the layout in generator/nix/, then run: npm run generate",
      },
    );
  }
  return true;
}
