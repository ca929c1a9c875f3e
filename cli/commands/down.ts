import { resolve } from "node:path";
import { Command } from "commander";
import { systemClock } from "../../runtime/clock.ts";
import { ask, type ListedFleet, runningFleets } from "../../runtime/supervisor/local/listing.ts";
import { stateHome } from "../../runtime/supervisor/local/state-home.ts";
import { ForgeError } from "../../schema/errors.ts";
import { print } from "../print.ts";

export const downCommand = (): Command =>
  new Command("down")
    .description("Stop a fleet of forge up, with all its agents")
    .argument("[fleet]", "its file", "fleet.ts")
    .action(async (file: string) => {
      const path = resolve(file);
      const fleets = await runningFleets(stateHome(process.env));
      const fleet = fleets.find((running) => running.fleet === path);
      if (fleet === undefined) {
        throw new ForgeError("FLEET_NOT_RUNNING", `no forge up runs ${path}`, {
          fix: "forge ps shows the fleet file of each agent that runs",
        });
      }
      await end(fleet);
      print(fleet.agents.map(({ name }) => `${name} stopped\n`).join(""));
    });

const LOOK_EVERY = 50;

/** Stops the agents; with the last one the fleet ends by itself, and answers no more. */
async function end(fleet: ListedFleet): Promise<void> {
  const names = fleet.agents.map(({ name }) => name);
  while ((await ask(fleet, names)) !== undefined) await systemClock.sleep(LOOK_EVERY);
}
