import { once } from "node:events";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Outcome } from "./command.ts";
import type { Tmux } from "./tmux.ts";

interface Options {
  /** Where forge-typed listens. */
  readonly socket: string;
  readonly agent: string;
}

/** What forge-typed says of a command (`enum outcome` in forge-typed.c), by number. */
const OUTCOMES = [
  "done",
  "tmux refused",
  "the terminal does not answer",
  "there is no terminal",
] as const;
const OUT_OF_REACH = "forge-typed cannot be reached";

/** An agent's tmux server on NixOS, spoken to by forge-typed: the daemon never is a client of such a server. */
export function typedTmux({ socket, agent }: Options): Tmux {
  const attempt = async (args: readonly string[], input = ""): Promise<Outcome> => {
    const answer = await ask(socket, request([agent, ...args], input)).catch(() => undefined);
    const outcome = answer?.[0];
    const stdout = answer?.toString("utf8", 1).replace(/\n$/, "") ?? "";
    const stderr = outcome === undefined ? OUT_OF_REACH : (OUTCOMES[outcome] ?? OUT_OF_REACH);
    return { ok: outcome === 0, stdout, stderr };
  };
  return {
    try: attempt,
    run: async (args, input) => {
      const { ok, stdout, stderr } = await attempt(args, input);
      if (!ok) throw new Error(`tmux ${args[0] ?? ""} for ${agent}: ${stderr}`);
      return stdout;
    },
  };
}

function request(words: readonly string[], input: string): Buffer {
  const head = Buffer.from(words.map((word) => `${word}\0`).join(""));
  const body = Buffer.from(input);
  const lengths = Buffer.from(new Uint32Array([head.length, body.length]).buffer);
  return Buffer.concat([lengths, head, body]);
}

/** Rejects if nobody answers. */
async function ask(path: string, question: Buffer): Promise<Buffer> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    socket.write(question);
    return await buffer(socket);
  } finally {
    socket.destroy();
  }
}
