import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const startCommand = (): Command =>
  jobCommand("start", "Start agents; running ones are not affected");
