import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const startCommand = (): Command =>
  jobCommand("start", "start agents of this host; those that run are left alone");
