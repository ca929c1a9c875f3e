import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { AgentOnHost } from "../../../schema/command-output.ts";
import { objectIn } from "../../../schema/json.ts";
import { entryOf, type Listing } from "./listing.ts";

/** What others may ask of a running fleet. */
export interface Controlled {
  readonly agents: () => readonly AgentOnHost[];
  /** Resolves when none of them runs any more. */
  readonly stop: (agents: readonly string[]) => Promise<void>;
}

/** Lists a running fleet for this user's other commands, and answers them, until disposed of. */
export async function openControl(
  listing: Listing,
  folder: string,
  fleet: Controlled,
): Promise<AsyncDisposable> {
  const idle = new Set<Socket>();
  const server = createServer((socket) => {
    idle.add(socket);
    socket.on("error", () => {}); // who asked has gone
    socket.on("close", () => idle.delete(socket));
    createInterface(socket).once("line", async (line) => {
      idle.delete(socket);
      socket.end(`${JSON.stringify(await answer(line, fleet))}\n`);
    });
  });
  server.listen(listing.socket); // in a folder that is this user's alone
  await once(server, "listening");
  const entry = entryOf(folder, listing.run);
  await mkdir(dirname(entry), { recursive: true, mode: 0o700 });
  await writeFile(entry, JSON.stringify(listing), { mode: 0o600 });
  return {
    [Symbol.asyncDispose]: async () => {
      await rm(entry, { force: true });
      const closed = once(server, "close");
      server.close();
      for (const socket of idle) socket.destroy();
      await closed;
    },
  };
}

/** What ./listing.ts asks. */
const Question = z.strictObject({ stop: z.array(z.string()) });

async function answer(line: string, fleet: Controlled): Promise<readonly AgentOnHost[]> {
  const asked = Question.safeParse(objectIn(line)).data;
  if (asked && asked.stop.length > 0) await fleet.stop(asked.stop);
  return fleet.agents();
}

export const apiIn = (runtime: string): string => join(runtime, "api");
export const socketIn = (runtime: string): string => join(runtime, "control");
