import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { installHarnesses } from "../harnesses/install.ts";
import { repository } from "../nixos/find.ts";
import { BootError, boot } from "./boot.ts";
import { SHIPPED } from "./fleet.ts";
import { hostTree } from "./host-tree.ts";
import { SETUP } from "./machine.ts";
import { rootToBoot } from "./needs.ts";

/** The tier that boots a machine with real systemd and runs a fleet on it. */
async function main(): Promise<number> {
  const found = await rootToBoot();
  if ("needs" in found) return skip(found.needs);
  await using host = await hostTree();
  process.stdout.write(`test:lab: units of ${host.from}\n`);
  const harnesses = await shipped();
  await using machine = await boot({ ...found, harnesses, ...host });
  const setup = { leader: machine.leader, isShipped: harnesses !== undefined };
  const statuses = await Promise.all([
    runCases(chosen("tests/lab/cases/*.ts"), setup),
    runCases(chosen("tests/lab/emulated/*.ts"), setup), // with a machine of their own
  ]);
  return Math.max(...statuses);
}

/** Arguments name cases; without any, all run. */
function chosen(pattern: string): readonly string[] {
  const only = process.argv.slice(2);
  return globSync(pattern, { cwd: repository })
    .filter((file) => only.length === 0 || only.some((name) => file.includes(name)))
    .sort();
}

function skip(needs: string): number {
  process.stdout.write(`SKIPPED test:lab: needs ${needs}\n`);
  return 0;
}

/** Where the harnesses are that npm ships; what is about them is left out where they cannot be had. */
async function shipped(): Promise<string | undefined> {
  const found = await installHarnesses();
  if ("folder" in found) return found.folder;
  const names = [...SHIPPED.keys()].join(", ");
  process.stdout.write(`SKIPPED test:lab of ${names}: needs ${found.needs}\n`);
  return undefined;
}

/** One file after the other: they share the machine. */
async function runCases(files: readonly string[], setup: object): Promise<number> {
  if (files.length === 0) return 0;
  const child = spawn(process.execPath, ["--test", "--test-concurrency=1", ...files], {
    cwd: repository,
    env: { ...process.env, [SETUP]: JSON.stringify(setup) },
    stdio: "inherit",
  });
  const onSignal = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  await once(child, "close");
  return child.exitCode ?? 1;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof BootError)) throw error;
  process.stderr.write(`test:lab: ${error.message}\n`);
  return 1;
});
