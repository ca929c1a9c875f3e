import { chmod, copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ForgeError } from "../../../schema/errors.ts";
import type { Plan } from "../../../schema/plan.ts";

/**
 * Copies each declared secret and environment file into the agent's own folder, as systemd's LoadCredential would.
 * Returns a warning for each file that other users can read. The launcher looks at what is in them.
 */
export async function copyCredentials(plan: Plan, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { mode: 0o700 });
  const warnings: string[] = [];
  for (const { as, option, source } of filesOf(plan)) {
    const copy = join(folder, as);
    try {
      await copyFile(source, copy);
      await chmod(copy, 0o400);
      if (((await stat(source)).mode & 0o044) !== 0)
        warnings.push(`${option}: other users can read ${source}; run chmod 600 ${source}`);
    } catch (cause) {
      const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
      throw new ForgeError("CREDENTIAL_MISSING", `${option}: cannot read ${source}${why}`, {
        fix: "create the file, readable by you, or correct the path",
        cause,
      });
    }
  }
  return warnings;
}

interface Credential {
  /** As the launcher finds it. */
  readonly as: string;
  readonly option: string;
  readonly source: string;
}

const filesOf = ({ credentials, environmentFiles }: Plan): readonly Credential[] => [
  ...Object.entries(credentials).map(([name, { source }]) => ({
    as: name,
    option: `secrets.${name}.file`,
    source,
  })),
  ...environmentFiles.map((source, i) => ({
    as: `environment-${i}`,
    option: `environmentFiles.${i}`,
    source,
  })),
];
