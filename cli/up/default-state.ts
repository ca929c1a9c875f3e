import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stateHome } from "../../runtime/supervisor/local/state-home.ts";
import type { Machine } from "./start-fleet.ts";

/** The state directory of a fleet file: the same whenever it is started, and no other fleet's. */
export function defaultState(file: string, { env }: Pick<Machine, "env">): string {
  const real = realpathSync(file);
  const project = basename(dirname(real)).replaceAll(/[^\w.-]/g, "-");
  const hash = createHash("sha256").update(real).digest("hex").slice(0, 8);
  return join(stateHome(env), `${project}-${hash}`);
}
