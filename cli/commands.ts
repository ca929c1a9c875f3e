import type { Command } from "commander";
import { planCommand } from "./commands/plan.ts";

/** What every forge can do; a checkout adds `generate`. */
export const commands = (): readonly Command[] => [planCommand()];
