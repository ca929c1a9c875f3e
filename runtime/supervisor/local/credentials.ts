import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ForgeError } from "../../../schema/errors.ts";
import type { Plan } from "../../../schema/plan.ts";

/** Copies each declared secret into the agent's own folder, as systemd's LoadCredential would. */
export async function copyCredentials(plan: Plan, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for (const [name, { source }] of Object.entries(plan.credentials)) {
    const copy = join(folder, name);
    try {
      await copyFile(source, copy);
      await chmod(copy, 0o400);
    } catch (cause) {
      const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
      throw new ForgeError(
        "CREDENTIAL_MISSING",
        `secrets.${name}.file: cannot read ${source}${why}`,
        {
          fix: "create the file, readable by you, or correct the path",
          cause,
        },
      );
    }
  }
}
