import { execa } from "execa";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string | undefined };
  readonly input?: string;
}

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it did nothing is not known: it was cut off, or nobody answered in time. */
  readonly isDoubtful?: boolean;
}

const LIMIT = 15_000;

/**
 * Runs a short command to its end. It gets a session of its own: a Ctrl-C on our terminal is for us
 * alone, and must not cut down a tmux client half-way.
 */
export async function run({ file, args, env, input = "" }: Command): Promise<Outcome> {
  const { failed, exitCode, stdout, stderr, shortMessage } = await execa(file, args, {
    env,
    extendEnv: false,
    input,
    reject: false,
    detached: true,
    timeout: LIMIT,
    stripFinalNewline: true,
  });
  const isDoubtful = failed && exitCode === undefined;
  return { ok: !failed, stdout, stderr: stderr || (shortMessage ?? ""), isDoubtful };
}
