import type { ErrorCode } from "./error-catalogue.ts";

export type { ErrorCode };

/** The one error type for user-visible failures. Prints as `CODE: what`, then what to do. */
export class ForgeError extends Error {
  override readonly name = "ForgeError";
  readonly code: ErrorCode;
  /** What the reader can do about it; one sentence. */
  readonly fix: string;

  constructor(code: ErrorCode, what: string, { fix, cause }: { fix: string; cause?: unknown }) {
    super(what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
  }

  /** The text that a person sees: `CODE: what`, then the fix on its own line. */
  report(): string {
    return `${this.code}: ${this.message}\n  → ${this.fix}`;
  }
}
