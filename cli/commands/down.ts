import { rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { systemClock } from "../../runtime/clock.ts";
import { endDeadRun } from "../../runtime/supervisor/local/dead-run.ts";
import {
  ask,
  deadFleets,
  entryOf,
  type ListedFleet,
  type Listing,
  runningFleets,
} from "../../runtime/supervisor/local/listing.ts";
import { stateHome } from "../../runtime/supervisor/local/state-home.ts";
import { removeSocket } from "../../runtime/supervisor/local/viewer.ts";
import { tmuxClient } from "../../runtime/terminal/engine/tmux.ts";
import { ForgeError } from "../../schema/errors.ts";
import { print } from "../print.ts";

export const downCommand = (): Command =>
  new Command("down")
    .description("Stop a fleet of forge up, with all its agents")
    .argument("[fleet]", "its file", "fleet.ts")
    .action(async (file: string) => {
      const path = resolve(file);
      const home = stateHome(process.env);
      const fleet = (await runningFleets(home)).find((running) => running.fleet === path);
      if (fleet !== undefined) {
        await end(fleet);
        print(fleet.agents.map(({ name }) => `${name} stopped\n`).join(""));
        return;
      }
      const dead = (await deadFleets(home)).filter((one) => one.fleet === path);
      if (dead.length === 0) {
        throw new ForgeError("FLEET_NOT_RUNNING", `no forge up runs ${path}`, {
          fix: "forge ps shows the fleet file of each agent that runs",
        });
      }
      for (const one of dead) await endDead(one, home);
      print(`${file}: forge up was killed; its agents are stopped\n`);
    });

async function endDead({ run, socket, viewer }: Listing, home: string): Promise<void> {
  const tmux = tmuxClient({ bin: "tmux", server: ["-S", viewer], env: process.env });
  await endDeadRun({ run, runtime: dirname(socket), tmux, clock: systemClock });
  await removeSocket(tmux, viewer, systemClock);
  await rm(entryOf(home, run), { force: true });
}

const LOOK_EVERY = 50;

/** Stops the agents; with the last one the fleet ends by itself, and answers no more. */
async function end(fleet: ListedFleet): Promise<void> {
  const names = fleet.agents.map(({ name }) => name);
  while ((await ask(fleet, names)) !== undefined) await systemClock.sleep(LOOK_EVERY);
}
