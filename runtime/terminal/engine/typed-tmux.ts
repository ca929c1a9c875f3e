import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Outcome } from "./command.ts";
import type { Tmux } from "./tmux.ts";

interface Options {
  /** Where forge-typed listens. */
  readonly socket: string;
  readonly agent: string;
}

const DONE = "done";
const NO_ANSWER = "the terminal does not answer";
/** What forge-typed says of a command (`enum outcome` in forge-typed.c), by number. */
const OUTCOMES = [DONE, "tmux refused", NO_ANSWER, "there is no terminal"] as const;
const OUT_OF_REACH = "forge-typed cannot be reached";
/** forge-typed has a limit of 10 s itself, and of 4 MiB. */
const PATIENCE_MS = 15_000;
const MOST = 4 * 1024 * 1024 + 1;

/** An agent's tmux server on NixOS, spoken to by forge-typed: the daemon never is a client of such a server. */
export function typedTmux({ socket, agent }: Options): Tmux {
  const attempt = async (args: readonly string[], input = ""): Promise<Outcome> => {
    const connection = await connected(socket).catch(() => undefined);
    if (connection === undefined) return { ok: false, stdout: "", stderr: OUT_OF_REACH };
    const answer = await ask(connection, request([agent, ...args], input)).catch(() => undefined);
    const outcome = OUTCOMES[answer?.[0] ?? OUTCOMES.length];
    const stdout = answer?.toString("utf8", 1).replace(/\n$/, "") ?? "";
    const isDoubtful = outcome === undefined || outcome === NO_ANSWER;
    return { ok: outcome === DONE, stdout, stderr: outcome ?? OUT_OF_REACH, isDoubtful };
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

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

/** Rejects if nobody answers in time, or too much. */
async function ask(socket: Socket, question: Buffer): Promise<Buffer> {
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("no answer in time")));
  try {
    socket.write(question);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of socket) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST) throw new Error("an answer without end");
    }
    return Buffer.concat(chunks);
  } finally {
    socket.destroy();
  }
}
