import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { AgentOnHost } from "../../schema/command-output.ts";
import type { Project } from "./install.ts";

/** A person in the folder of a project. */
export interface User extends AsyncDisposable {
  /** `npx forge …` to its end. Fails if it fails. */
  npx(...args: readonly string[]): Promise<string>;
  /** The same without npx. */
  forge(...args: readonly string[]): Promise<string>;
  ps(): Promise<readonly AgentOnHost[]>;
  /** `forge up` in the background, once this agent is as wanted. */
  up(
    agent: string,
    wanted: (agent: AgentOnHost) => boolean,
    ...args: readonly string[]
  ): Promise<Up>;
  /** `forge attach` on a terminal: types, waits for what is to show, and leaves. */
  attach(agent: string, text: string, awaited: string): Promise<void>;
}

export interface Up {
  readonly exit: Promise<number | null>;
  output(): string;
}

const PATIENCE = 20_000;

export function userOf({ folder, env }: Project): User {
  const options = { cwd: folder, env, extendEnv: false };
  // Not by npx, which takes a second, and ends before `forge up` when this test gives up.
  const bin = join(folder, "node_modules/.bin/forge");
  const run = async (file: string, args: readonly string[]) =>
    (await execa(file, args, { ...options, timeout: PATIENCE })).stdout;
  const forge = (...args: readonly string[]) => run(bin, args);
  const ps = async () => z.array(AgentOnHost).parse(JSON.parse(await forge("ps", "--json")));
  const ups: AbortController[] = [];
  const ended: Promise<unknown>[] = [];
  return {
    ...{ forge, ps },
    npx: (...args) => run("npx", ["--offline", "forge", ...args]),
    up: async (agent, wanted, ...args) => {
      const end = new AbortController();
      ups.push(end);
      const up = execa(bin, ["up", ...args], {
        ...options,
        ...{ all: true, reject: false, cancelSignal: end.signal, forceKillAfterDelay: PATIENCE },
      });
      ended.push(up);
      let output = "";
      up.all.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
      const isOver = up.then(() => true);
      for (const deadline = Date.now() + PATIENCE; ; ) {
        const over = await Promise.race([isOver, sleep(500, false)]);
        const found = (await ps()).find(({ name }) => name === agent);
        if (found && wanted(found)) break;
        if (over || Date.now() > deadline) throw new Error(`${agent} is not as wanted: ${output}`);
      }
      return { exit: up.then(({ exitCode }) => exitCode ?? null), output: () => output };
    },
    attach: async (agent, text, awaited) => {
      const args = ["-qefc", `node_modules/.bin/forge attach --take ${agent}`, "/dev/null"];
      const child = spawn("script", args, { ...options, stdio: ["pipe", "pipe", "inherit"] });
      const exit = once(child, "exit", { signal: AbortSignal.timeout(2 * PATIENCE) });
      exit.catch(() => {}); // whoever waits for it is told
      let shown = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        shown += chunk;
      });
      const until = async (what: string) => {
        for (const deadline = Date.now() + PATIENCE; !shown.includes(what); await sleep(50))
          if (Date.now() > deadline) throw new Error(`no ${what} on the terminal:\n${shown}`);
      };
      try {
        await until(agent); // in the status line
        child.stdin.write(`${text}\r`);
        await until(awaited);
        child.stdin.write("\u0002d");
        const [code] = await exit;
        if (code !== 0) throw new Error(`forge attach ended with ${code}:\n${shown}`);
      } finally {
        child.kill("SIGKILL");
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const up of ups) up.abort();
      await Promise.all(ended);
    },
  };
}
