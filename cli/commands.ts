import type { Commands } from "./command-tree.ts";

/** What every forge can do, in the order of help: what people do first. A checkout adds `generate`. */
export const COMMANDS: Commands = {
  init: async () => (await import("./commands/init.ts")).initCommand(),
  up: async () => (await import("./commands/up.ts")).upCommand(),
  down: async () => (await import("./commands/down.ts")).downCommand(),
  ps: async () => (await import("./commands/ps.ts")).psCommand(),
  watch: async () => (await import("./commands/watch.ts")).watchCommand(),
  send: async () => (await import("./commands/send.ts")).sendCommand(),
  prompts: async () => (await import("./commands/prompts.ts")).promptsCommand(),
  interrupt: async () => (await import("./commands/interrupt.ts")).interruptCommand(),
  transcript: async () => (await import("./commands/transcript.ts")).transcriptCommand(),
  attach: async () => (await import("./commands/attach.ts")).attachCommand(),
  logs: async () => (await import("./commands/logs.ts")).logsCommand(),
  stop: async () => (await import("./commands/stop.ts")).stopCommand(),
  start: async () => (await import("./commands/start.ts")).startCommand(),
  restart: async () => (await import("./commands/restart.ts")).restartCommand(),
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  harness: async () => (await import("./commands/harness.ts")).harnessCommand(),
  completion: async () => (await import("./commands/completion.ts")).completionCommand(COMMANDS),
  daemon: async () => (await import("./commands/daemon.ts")).daemonCommand(),
  plan: async () => (await import("./commands/plan.ts")).planCommand(),
};
