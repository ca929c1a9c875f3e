import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const restartCommand = (): Command =>
  jobCommand("restart", "Restart agents; stopped ones are started");
