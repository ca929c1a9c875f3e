import { Command } from "commander";
import { runJobs, type Verb } from "../../runtime/supervisor/systemd/jobs.ts";
import type { AgentOnHost, JobReport } from "../../schema/command-output.ts";
import { ForgeError } from "../../schema/errors.ts";
import { print, printJson } from "../print.ts";
import { findAgents } from "./agents.ts";
import { choose } from "./choose.ts";

interface Flags {
  readonly all?: true;
  readonly json?: true;
}

/** `forge start`, `stop` and `restart`, which differ in one word. */
export function jobCommand(verb: Verb, description: string): Command {
  const command = new Command(verb)
    .description(description)
    .argument("[agent...]", "names of agents")
    .option("--all", "every agent that this host declares, and every one of your running forge up")
    .option("--json", "as JSON: an array with one object per agent");
  return command.action(async (names: string[], { all, json }: Flags) => {
    if (all ? names.length > 0 : names.length === 0) {
      command.error("error: name one agent or more, or say --all");
    }
    const agents = await findAgents();
    const wanted = all ? agents.all.filter(({ declared }) => declared) : choose(agents.all, names);
    const local = wanted.filter(({ fleet }) => fleet !== null);
    if (verb !== "stop") refuseLocal(verb, local);
    const host = wanted.filter(({ fleet }) => fleet === null);
    const reports = [
      ...(host.length > 0 ? await runJobs(verb, host) : []),
      ...(local.length > 0 ? await (await stopping()).stopLocal(agents.fleets, local) : []),
    ];
    const done = reports.filter(({ did }) => did !== "failed");
    if (json) printJson(`${JSON.stringify(reports, null, 2)}\n`);
    else print(done.map((one) => `${line(one)}\n`).join(""));
    const failed = reports.filter(({ did }) => did === "failed");
    if (failed.length > 0) throw failure(verb, failed);
  });
}

const stopping = () => import("./stop-local.ts");

function refuseLocal(verb: Verb, local: readonly AgentOnHost[]): void {
  const [first] = local;
  if (first === undefined) return;
  throw new ForgeError("NOT_SUPPORTED_HERE", `${first.name}: forge up cannot ${verb} an agent`, {
    fix: `stop it, then run forge up ${first.fleet} again`,
  });
}

function line({ name, did, state, since, pid }: JobReport): string {
  const process = pid === null ? "" : ` (process ${pid})`;
  if (did !== "nothing") return `${name} ${did}${process}`;
  const when = since === null ? "" : ` (since ${new Date(since).toLocaleString("sv-SE")})`;
  return state === "running" ? `${name} already runs${when}` : `${name} is already ${state}${when}`;
}

function failure(verb: Verb, failed: readonly JobReport[]): ForgeError {
  const what = failed.flatMap(({ name, reason, journal }) => [
    `${name} did not ${verb}: ${reason}`,
    ...journal.map((text) => `  ${text}`),
  ]);
  const fix = `forge logs ${failed[0]?.name} shows more`;
  return new ForgeError("UNIT_FAILED", what.join("\n"), { fix });
}
