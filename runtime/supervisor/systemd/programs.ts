import { execa, type Options } from "execa";
import { ForgeError } from "../../../schema/errors.ts";

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and takes what it prints, in English. */
export async function capture(file: string, args: readonly string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await start(file, args, { env: { LC_ALL: "C" } });
  return { status: exitCode ?? 1, stdout: String(stdout ?? ""), stderr: String(stderr ?? "") };
}

/** Lets a program have our terminal, or what stands in for it, until it ends. */
export async function handOver(
  file: string,
  args: readonly string[],
  env: { readonly [name: string]: string | undefined } = {},
): Promise<void> {
  // Ctrl-C is for the program; we end when it has ended.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  const { exitCode } = await start(file, args, { stdio: "inherit", env });
  process.off("SIGINT", ignore);
  if (exitCode !== undefined && exitCode !== 0) {
    throw new ForgeError("TOOL_FAILED", `${file} ended with status ${exitCode}`, {
      fix: "see its output above",
    });
  }
}

async function start(file: string, args: readonly string[], options: Options) {
  const result = await execa(file, args, { ...options, reject: false });
  if (result.code !== "ENOENT") return result;
  throw new ForgeError("TOOL_MISSING", `not found on PATH: ${file}`, {
    fix: "the NixOS module of forge brings it; without NixOS, use `forge up`",
  });
}
