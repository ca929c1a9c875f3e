import { type Outcome, run } from "./command.ts";

/** One tmux server, spoken to through short-lived clients. */
export interface Tmux {
  /** Never throws on a refusal of tmux: that is in the outcome. */
  try(args: readonly string[], input?: string): Promise<Outcome>;
  /** Throws when tmux refuses. Returns what it printed. */
  run(args: readonly string[], input?: string): Promise<string>;
}

interface Options {
  readonly bin: string;
  /** Which server: `["-S", path]` or `["-L", name]`. */
  readonly server: readonly string[];
  readonly env: { readonly [name: string]: string | undefined };
}

/** `-u` because tmux otherwise shows what is not ASCII as underscores to clients without a locale. */
export function tmuxClient({ bin, server, env }: Options): Tmux {
  const attempt = (args: readonly string[], input = "") =>
    run({ file: bin, args: ["-u", ...server, ...args], env, input });
  return {
    try: attempt,
    run: async (args, input) => {
      const { ok, stdout, stderr } = await attempt(args, input);
      if (!ok) throw new Error(`tmux ${args[0] ?? ""}: ${stderr}`);
      return stdout;
    },
  };
}

/** Joins tmux commands into one list: one turn of the server's loop, with nothing in between. */
export const commands = (...list: readonly (readonly string[])[]): readonly string[] =>
  list.flatMap((command, index) => (index === 0 ? command : [";", ...command]));
