import { installHarnesses } from "./harnesses/install.ts";
import { rootToBoot } from "./lab/needs.ts";
import { find } from "./nixos/find.ts";

/** Makes what several tiers use, once, as those run at the same time. Each says by itself what it lacks. */
await rootToBoot();
await find();
await installHarnesses();
