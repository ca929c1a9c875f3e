import { Command } from "commander";
import { systemClock } from "../../runtime/clock.ts";
import { say } from "../print.ts";

export const daemonCommand = (): Command =>
  new Command("daemon")
    .description("Serve this host's agents: forged.service runs it on NixOS")
    .action(daemon);

async function daemon(): Promise<void> {
  const { runDaemon } = await import("../../daemon/nixos/daemon.ts");
  const over = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => over.abort());
  try {
    await runDaemon({
      ...{ env: process.env, pid: process.pid, clock: systemClock, wall: Date.now },
      say: (line) => say(`${line}\n`),
      signal: over.signal,
    });
  } finally {
    over.abort(); // or what it had begun would keep the process
  }
}
