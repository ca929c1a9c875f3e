import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const restartCommand = (): Command =>
  jobCommand("restart", "stop agents of this host and start them again; starts what is stopped");
