import type { Finding } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";

/** An error as a finding. A mistake of ours is thrown. */
export function foundBy(about: string, error: unknown): Finding {
  if (!(error instanceof ForgeError)) throw error;
  return { code: error.code, about, what: error.message, fix: error.fix };
}
