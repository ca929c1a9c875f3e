import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { AgentOnHost } from "../../schema/command-output.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import { factsOf } from "../harnesses/facts.ts";
import { type Agent, agentOn } from "./agent.ts";
import { declaredAs } from "./fleet.ts";
import { type Machine, until } from "./machine.ts";

/** An agent with a harness that is no tui: what it shows, tells and leaves. */
export interface RealAgent extends Agent {
  readonly harness: Harness;
  /** Types a prompt as a person would: Enter once the text shows, which a number makes unlike every other. */
  prompt(text: string): Promise<void>;
  /** Lets the harness run a shell command as a tool, unasked. The command has no double quotes. */
  runs(command: string): Promise<void>;
  shows(sign: RegExp): Promise<void>;
  /** The state by forge ps, once it is this one. */
  is(status: string): Promise<void>;
  /** Processes of its user, wherever they are; those of one program if it is given. */
  processesOfUser(program?: string): Promise<readonly number[]>;
  /** Files of its user beside its state and workspace, and sockets in its state. */
  files(): Promise<string>;
  /** The journal's lines about it since then: event, reason, and how it ended. */
  lines(cursor: string): Promise<readonly string[]>;
}

const FILES = `
  find / /run /dev/shm -ignore_readdir_race -xdev -user "forge-a-$1" -not -path "/var/lib/forge/$1*" -not -path "/dev/pts/*" -not -path "/srv/*"
  find "/var/lib/forge/$1" -ignore_readdir_race -type s`;
const FIELDS = ["EVENT", "REASON", "RESULT", "EXIT_CODE", "EXIT_STATUS"];

let prompts = 0;

export function realAgentOn(machine: Machine, name: string): RealAgent {
  const agent = agentOn(machine, name);
  const { harness } = declaredAs(name);
  const press = (...keys: readonly string[]) =>
    machine.bash('tmux -S "/run/forge/tty/$1/sock" send-keys -t agent: "${@:2}"', {
      args: [name, ...keys],
    });
  const sees = (what: string, test: (screen: string) => boolean) =>
    until(`${what} on its screen`, async () => test(await agent.screen()), {
      ...{ seconds: 40, seen: agent.screen },
    });
  const status = async () => {
    const agents = z.array(AgentOnHost).parse(JSON.parse(await machine.bash("forge ps --json")));
    return agents.find((found) => found.name === name)?.activity;
  };
  const prompt = async (text: string) => {
    const numbered = `${++prompts}) ${text}`;
    await press("-l", "--", numbered);
    await sees(numbered, (screen) => screen.includes(numbered.slice(0, 20)));
    await sleep(harness.terminal.submitDelay);
    await press("Enter");
  };
  return {
    ...agent,
    harness,
    prompt,
    runs: async (command) => {
      const { tool, unasked } = factsOf(harness);
      const call = unasked ?? tool;
      const input = JSON.stringify(call.input).replace(/[^"]*touch FILE/, command);
      await prompt(`[[tool ${call.name} ${input}]]`);
    },
    shows: async (sign) => void (await sees(String(sign), (screen) => sign.test(screen))),
    is: async (wanted) =>
      void (await until(`${name} is ${wanted}`, async () => (await status()) === wanted, {
        seconds: 40,
        seen: agent.screen,
      })),
    processesOfUser: async (program) => {
      const only = program === undefined ? [] : ["-x", program];
      const { stdout } = await machine.run("pgrep", ["-u", `forge-a-${name}`, ...only]);
      return stdout.split("\n").filter(Boolean).map(Number);
    },
    files: () => machine.bash(FILES, { args: [name] }),
    lines: async (cursor) => {
      const entries = await machine.journal(cursor, `FORGE_AGENT=${name}`);
      return entries.map((entry) => FIELDS.flatMap((key) => entry[`FORGE_${key}`] ?? []).join(" "));
    },
  };
}

/** Neither a process nor a file or socket, but for its state. */
export async function assertNothingIsLeft(agent: RealAgent): Promise<void> {
  assert.deepEqual(await agent.processes(), []);
  assert.deepEqual(await agent.processesOfUser(), []);
  assert.equal(await agent.files(), "");
}
