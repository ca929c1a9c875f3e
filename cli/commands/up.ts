import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { HARNESSES } from "../../harnesses/registry.ts";
import { concernsPeople, line, type UpEvent } from "../../runtime/supervisor/local/events.ts";
import { howToWatch } from "../../runtime/supervisor/local/viewer.ts";
import { ForgeError } from "../../schema/errors.ts";
import { loadFleetFile } from "../up/fleet-file.ts";
import { startFleet } from "../up/start-fleet.ts";
import { untilSignal } from "../up/until-signal.ts";

type Programs = { readonly [harness: string]: string };
interface Flags {
  readonly state?: string;
  readonly harness: Programs;
  readonly json?: true;
}

export const upCommand = (): Command =>
  new Command("up")
    .description("Run a fleet on this machine without NixOS, until Ctrl-C")
    .argument("[fleet]", "file that exports a fleet", "fleet.ts")
    .option(
      "--state <dir>",
      "directory of the agents' state (default: .forge/state beside the file)",
    )
    .option("--harness <name=path>", "program of a harness; can be repeated", program, {})
    .option("--json", "print events of the agents on standard output, one JSON object per line")
    .action(up);

async function up(file: string, { state, harness, json }: Flags): Promise<void> {
  // A terminal or pipe that goes away must not end us before the agents.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const path = resolve(file);
  const start = async (signal: AbortSignal) =>
    startFleet({
      fleet: await loadFleetFile(path),
      folder: dirname(path),
      state: state === undefined ? undefined : resolve(state),
      programs: harness,
      tell: json ? printJson : sayToPeople,
      signal,
      machine: { env: process.env, cwd: process.cwd(), execPath: process.execPath },
    });
  const fleet = await untilSignal(process, start, async ({ agents }) => {
    if (agents.size > 0) say(howToWatch([...agents.keys()]));
    return "stay";
  });
  const failed = [...(fleet?.failed ?? [])];
  if (failed.length === 0) return;
  throw new ForgeError("AGENT_FAILED", `ended in failure: ${failed.join(", ")}`, {
    fix: "what each of them said last is above",
  });
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const sayToPeople = (event: UpEvent): void => {
  if (concernsPeople(event)) say(line(event));
};

const printJson = (event: UpEvent): void =>
  void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);

function program(text: string, before: Programs): Programs {
  const [, name = "", path = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const known = HARNESSES.map((harness) => harness.name);
  if (!known.some((harness) => harness === name)) {
    throw new InvalidArgumentError(`Expected NAME=PATH. Harnesses are: ${known.join(", ")}`);
  }
  return { ...before, [name]: resolve(path) };
}
