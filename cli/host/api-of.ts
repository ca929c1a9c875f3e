import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { type Api, apiAt } from "./api.ts";

/** The API of the fleet that runs an agent, or of this host. */
export const apiOf = (fleet: ListedFleet | undefined): Api => apiAt(fleet?.api ?? PATHS.api);
