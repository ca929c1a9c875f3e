import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const stopCommand = (): Command =>
  jobCommand("stop", "stop agents of this host until they are started or the host boots");
