import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { defaultState } from "../../cli/up/default-state.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { UpEvent } from "../../runtime/supervisor/local/events.ts";
import { killMarked } from "../../runtime/supervisor/local/processes.ts";
import { type Terminal, terminalOf } from "../../runtime/terminal/engine/terminal.ts";
import { tmuxClient } from "../../runtime/terminal/engine/tmux.ts";
import type { Plan } from "../../schema/plan.ts";
import { createLab, eventLog, type Lab } from "./up-lab.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const Trace = z.looseObject({ run: z.string(), runtime: z.string() });

/** One `forge up` as a person runs it: a process with a command line, signals and output. */
export interface Up {
  readonly event: Lab["event"];
  readonly events: readonly UpEvent[];
  readonly exit: Promise<number | null>;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
}

export interface Rig extends AsyncDisposable, Pick<Lab, "root" | "leftovers" | "env"> {
  readonly state: string;
  /** Writes the fleet file. */
  fleet(agents: object): Promise<void>;
  /** A fleet of one agent, `a`, whose harness is this bash script. */
  fake(script: string): Promise<void>;
  up(...args: readonly string[]): Up;
  /** As a person at `tmux -L forge`. */
  tmux(...args: readonly string[]): string;
  sessions(): readonly string[];
  type(agent: string, text: string): void;
  seen(agent: string, pattern: RegExp): Promise<string>;
  trace(): Promise<z.output<typeof Trace>>;
  /** The agent's own terminal, as a program uses it. */
  terminal(agent: string, signs: Plan["terminal"]): Promise<Terminal>;
}

export async function createRig(): Promise<Rig> {
  const lab = await createLab();
  const { root, env } = lab;
  const file = join(root, "fleet.ts");
  await writeFile(file, ""); // the default depends on where it really is
  const state = defaultState(file, { env });
  const program = join(root, "fake");
  const fleet = (agents: object) => {
    const declared = JSON.stringify({ agents });
    const source = `import { defineFleet } from "@forge-agents/forge";\nexport default defineFleet(${declared});\n`;
    return writeFile(file, source);
  };
  const ups: Up[] = [];
  const flags: string[] = [];
  const tmux = (...args: readonly string[]) =>
    execFileSync("tmux", ["-u", "-L", "forge", ...args], { env, encoding: "utf8" }).trimEnd();
  const trace = async () =>
    Trace.parse(JSON.parse(await readFile(join(state, ".up.json"), "utf8")));
  return {
    ...{ root, state, env, fleet, tmux, trace, leftovers: lab.leftovers },
    fake: async (script) => {
      await writeFile(program, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
      flags.splice(0, flags.length, "--harness", `pi=${program}`);
      await fleet({ a: { harness: "pi", model: "m", role: "r" } });
    },
    up: (...args) => {
      const up = startUp([file, ...flags, ...args], env);
      ups.push(up);
      return up;
    },
    sessions: () =>
      tmux("list-sessions", "-F", "#{session_name} #{window_width}x#{window_height}").split("\n"),
    terminal: async (agent, signs) => {
      const socket = join((await trace()).runtime, "agents", agent, "sock");
      const client = tmuxClient({ bin: "tmux", server: ["-S", socket], env });
      return terminalOf({ tmux: client, clock: systemClock, signs });
    },
    type: (agent, text) => {
      tmux("send-keys", "-l", "-t", `agent-${agent}:`, text);
      tmux("send-keys", "-t", `agent-${agent}:`, "Enter");
    },
    seen: (agent, pattern) =>
      seen(() => tmux("capture-pane", "-p", "-t", `agent-${agent}:`), pattern),
    [Symbol.asyncDispose]: async () => {
      for (const up of ups) up.signal("SIGKILL");
      await Promise.all(ups.map((up) => up.exit));
      const left = await trace().catch(() => undefined); // none after a clean end
      if (left) await killMarked(left.run, systemClock);
      if (left) spawnSync("tmux", ["-L", "forge", "kill-server"], { env });
      await lab[Symbol.asyncDispose]();
    },
  };
}

const Failure = z.object({
  error: z.strictObject({ code: z.string(), message: z.string(), fix: z.string() }),
});

function startUp(args: readonly string[], env: Lab["env"]): Up {
  const command = [join(repository, "cli/forge.ts"), "up", "--json", ...args];
  const child = spawn(process.execPath, command, {
    cwd: repository,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { events, event, tell, giveUp } = eventLog();
  createInterface(child.stdout).on("line", (text) => tell(JSON.parse(text)));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return {
    ...{ events, event },
    exit: once(child, "close").then(() => {
      giveUp(`forge up ended: ${stderr}`);
      return child.exitCode;
    }),
    stderr: () => stderr.replace(/^\{"error":.*$/gm, asPeopleSeeIt),
    signal: (name) => void child.kill(name),
  };
}

/** With --json, an error is an object. */
function asPeopleSeeIt(text: string): string {
  const { error } = Failure.parse(JSON.parse(text));
  return `${error.code}: ${error.message}\n  → ${error.fix}`;
}

async function seen(screen: () => string, pattern: RegExp): Promise<string> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const shown = screen();
    if (pattern.test(shown)) return shown;
    if (performance.now() > deadline) throw new Error(`no ${pattern} on the screen:\n${shown}`);
    await systemClock.sleep(50);
  }
}
