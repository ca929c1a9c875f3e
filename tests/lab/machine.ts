import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { SHIPPED } from "./fleet.ts";

/** Variable that tells each file of cases/ about the machine that run.ts booted. */
export const SETUP = "FORGE_LAB_SETUP";
const Setup = z.strictObject({
  leader: z.int(),
  /** Whether the machine has the harnesses as npm ships them. */
  isShipped: z.boolean(),
});
type Setup = z.output<typeof Setup>;
const setup = (): Setup => Setup.parse(JSON.parse(process.env[SETUP] ?? "null"));

/** Agents whose harness is the real one. */
export const realAgents = (): readonly string[] => [
  "real",
  ...(setup().isShipped ? SHIPPED.keys() : []),
];

/** Those that npm ships and that start quickly: for cases about many agents. */
export const quickAgents = (): readonly string[] =>
  realAgents().filter((name) => name === "claude-code" || name === "codex");

export interface Outcome {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly user?: string;
  readonly input?: string;
  readonly seconds?: number;
  /** Arguments of a bash script: its `$1` and further. */
  readonly args?: readonly string[];
}

const Entry = z.record(z.string(), z.unknown());
export type Entry = z.output<typeof Entry>;

/** The booted machine, as root in it. */
export interface Machine {
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** A bash script's output; a failure throws. */
  bash(script: string, options?: RunOptions): Promise<string>;
  systemctl(...args: readonly string[]): Promise<string>;
  /** A place in the journal: everything so far is before it. */
  cursor(): Promise<string>;
  /** Entries of the journal after a cursor that match these fields, written as FIELD=value. */
  journal(after: string, ...fields: readonly string[]): Promise<readonly Entry[]>;
  /** Settings of a service for as long as the result lives. */
  override(unit: string, settings: string): Promise<AsyncDisposable>;
  /** Properties of a unit, as `systemctl show` has them. */
  show<const P extends string>(
    unit: string,
    ...properties: readonly P[]
  ): Promise<{ [K in P]: string }>;
}

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
};

export function openMachine({ leader }: Pick<Setup, "leader"> = setup()): Machine {
  const run: Machine["run"] = async (program, args, { user, input = "", seconds = 30 } = {}) => {
    const become = user === undefined ? [] : ["runuser", "-u", user, "--"];
    const inside = [
      "-t",
      String(leader),
      "-a",
      "timeout",
      String(seconds),
      ...become,
      program,
      ...args,
    ];
    const options = { reject: false, input, env: ENVIRONMENT, extendEnv: false, cwd: "/" } as const;
    const { exitCode, stdout, stderr } = await execa("/usr/bin/nsenter", inside, options);
    return { status: exitCode, stdout, stderr };
  };
  const must = async (program: string, args: readonly string[], options?: RunOptions) => {
    const { status, stdout, stderr } = await run(program, args, options);
    assert.equal(status, 0, `${program} ${args.join(" ")}: status ${status}\n${stdout}\n${stderr}`);
    return stdout;
  };
  return {
    run,
    bash: (script, options) =>
      must("bash", ["-euc", script, "lab", ...(options?.args ?? [])], options),
    systemctl: (...args) => must("systemctl", args),
    cursor: async () => {
      const script = "journalctl --sync; journalctl --quiet --lines=1 --show-cursor --output=cat";
      const [, cursor] = /^-- cursor: (.+)$/m.exec(await must("bash", ["-euc", script])) ?? [];
      assert.ok(cursor, "the journal has a cursor");
      return cursor;
    },
    journal: async (after, ...fields) => {
      await must("journalctl", ["--sync"]);
      const options = ["--quiet", "--output=json", `--after-cursor=${after}`];
      const text = await must("journalctl", [...options, ...fields]);
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => Entry.parse(JSON.parse(line)));
    },
    override: async (unit, settings) => {
      const folder = `/run/systemd/system/${unit}.d`;
      const write =
        'mkdir -p "$1"; printf "[Service]\\n%s\\n" "$2" >"$1/zz-lab.conf"; systemctl daemon-reload';
      await must("bash", ["-euc", write, "lab", folder, settings]);
      const undo = 'rm "$1/zz-lab.conf"; systemctl daemon-reload';
      return {
        [Symbol.asyncDispose]: async () => void (await must("bash", ["-euc", undo, "lab", folder])),
      };
    },
    show: async (unit, ...properties) => {
      const text = await must("systemctl", ["show", "--property", properties.join(), unit]);
      const lines = text.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2));
      return z.record(z.enum(properties), z.string()).parse(Object.fromEntries(lines));
    },
  };
}

/** Waits until the probe gives something. The failure says what was waited for, and what was seen instead. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  { seconds = 30, seen = async () => "" }: { seconds?: number; seen?: () => Promise<string> } = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline)
      assert.fail(`not within ${seconds} s: ${what}\n${await seen()}`);
    await sleep(30);
  }
}
