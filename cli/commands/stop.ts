import type { Command } from "commander";
import { jobCommand } from "../host/job-command.ts";

export const stopCommand = (): Command =>
  jobCommand("stop", "Stop agents until they are started again or the host boots");
