import type { Command } from "commander";
import { planCommand } from "./commands/plan.ts";
import { psCommand } from "./commands/ps.ts";
import { upCommand } from "./commands/up.ts";

/** What every forge can do; a checkout adds `generate`. */
export const commands = (): readonly Command[] => [planCommand(), psCommand(), upCommand()];
