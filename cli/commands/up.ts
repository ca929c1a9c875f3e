import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { stamped } from "../../runtime/supervisor/local/event-log.ts";
import { concernsPeople, line, type UpEvent } from "../../runtime/supervisor/local/events.ts";
import { howToWatch } from "../../runtime/supervisor/local/viewer.ts";
import { ForgeError } from "../../schema/errors.ts";
import { inWords, lowDiskOf } from "../host/low-disk.ts";
import { printJson, say, surviveWithoutOutput } from "../print.ts";
import { defaultState } from "../up/default-state.ts";
import { loadFleetFile } from "../up/fleet-file.ts";
import { type Machine, startFleet } from "../up/start-fleet.ts";
import { untilSignal } from "../up/until-signal.ts";

type Programs = { readonly [harness: string]: string };
interface Flags {
  readonly state?: string;
  readonly harness: Programs;
  readonly json?: true;
  readonly detach?: true;
  readonly detached?: true;
  /** Milliseconds. */
  readonly stuckAfter?: number;
}

export const upCommand = (): Command =>
  new Command("up")
    .description("Run a fleet on this machine without NixOS, until Ctrl-C")
    .argument("[fleet]", "file that exports a fleet", "fleet.ts")
    .option(
      "--state <dir>",
      "directory of the agents' state (default: one for each fleet file in ~/.local/state/forge)",
    )
    .option("--harness <name=path>", "program of a harness; can be repeated", program, {})
    .addOption(
      new Option("-d, --detach", "return once the fleet is up; forge down ends it").conflicts(
        "json",
      ),
    )
    .option(
      "--stuck-after <seconds>",
      "how long nothing may change in a turn before the agent is told to be stuck (default: 600)",
      milliseconds,
    )
    .addOption(new Option("--detached", "what --detach starts").hideHelp())
    .option("--json", "print events of the agents on standard output, one JSON object per line")
    .action(up);

async function up(file: string, flags: Flags): Promise<void> {
  const { state, harness, json, detach, detached, stuckAfter } = flags;
  // A terminal or pipe that goes away must not end us before the agents.
  surviveWithoutOutput();
  const path = resolve(file);
  const machine = { env: process.env, cwd: process.cwd(), execPath: process.execPath };
  if (detach) return upDetached(path, { state, harness, stuckAfter }, machine);
  const start = async (signal: AbortSignal) => {
    const fleet = await loadFleetFile(path);
    const stateIn = state === undefined ? defaultState(path, machine) : resolve(state);
    const low = lowDiskOf(stateIn);
    if (low) say(inWords(low));
    return startFleet({
      fleet,
      folder: dirname(path),
      state: stateIn,
      programs: harness,
      tell: json ? printEvent : sayToPeople,
      signal,
      machine,
      listedAs: path,
      stuckAfter,
    });
  };
  const fleet = await untilSignal(process, start, async ({ agents }) => {
    if (agents.size > 0 && !detached) say(`${UNCONFINED}\n${howToWatch([...agents.keys()])}\n`);
    return "stay";
  });
  const failed = [...(fleet?.failed ?? [])];
  if (failed.length === 0) return;
  throw new ForgeError("AGENT_FAILED", `ended in failure: ${failed.join(", ")}`, {
    fix: "see the last messages of each agent above",
  });
}

interface Detached extends Pick<Flags, "harness"> {
  readonly state: string | undefined;
  readonly stuckAfter: number | undefined;
}

/** The same, as a process of its own. */
async function upDetached(
  path: string,
  { state, harness, stuckAfter }: Detached,
  machine: Machine,
): Promise<void> {
  const args = [
    ...process.argv.slice(1, 2),
    ...["up", path, "--detached"],
    ...(state === undefined ? [] : ["--state", resolve(state)]),
    ...(stuckAfter === undefined ? [] : ["--stuck-after", String(stuckAfter / 1000)]),
    ...Object.entries(harness).flatMap(([name, bin]) => ["--harness", `${name}=${bin}`]),
  ];
  const outcome = await (await import("../up/detach.ts")).detach(args, machine);
  if ("status" in outcome) process.exitCode = outcome.status;
  else say(`${UNCONFINED}\n${howToWatch(outcome.agents, `forge down ${path}`)}\n`);
}

/** What a reader of docs about NixOS would not expect. */
const UNCONFINED =
  "Agents run as you, without a sandbox: they can read and change whatever you can.";

const sayToPeople = (event: UpEvent): void => {
  if (concernsPeople(event)) say(`${line(event)}\n`);
};

const printEvent = (event: UpEvent): void => printJson(stamped(event));

function milliseconds(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return Number(text) * 1000;
}

/** Which harnesses there are is known once the fleet is loaded. */
function program(text: string, before: Programs): Programs {
  const [, name = "", path = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("Expected NAME=PATH.");
  return { ...before, [name]: resolve(path) };
}
