import type { Command } from "commander";

/** How to load each command. Only the one that is asked for is loaded, for start-up time; help loads all. */
export interface Commands {
  readonly [name: string]: () => Promise<Command>;
}

/** What every forge can do; a checkout adds `generate`. */
export const COMMANDS: Commands = {
  attach: async () => (await import("./commands/attach.ts")).attachCommand(),
  harness: async () => (await import("./commands/harness.ts")).harnessCommand(),
  logs: async () => (await import("./commands/logs.ts")).logsCommand(),
  plan: async () => (await import("./commands/plan.ts")).planCommand(),
  ps: async () => (await import("./commands/ps.ts")).psCommand(),
  restart: async () => (await import("./commands/restart.ts")).restartCommand(),
  start: async () => (await import("./commands/start.ts")).startCommand(),
  stop: async () => (await import("./commands/stop.ts")).stopCommand(),
  up: async () => (await import("./commands/up.ts")).upCommand(),
};
