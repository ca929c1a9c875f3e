import { accessSync, constants } from "node:fs";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { type Api, apiAt } from "./api.ts";

/** The API of the fleet that runs an agent, or of this host. */
export const apiOf = (fleet: ListedFleet | undefined): Api => apiAt(fleet?.api ?? PATHS.api);

/** The same for who only reads: an observer of the host may open no other socket. */
export const readApiOf = (fleet: ListedFleet | undefined): Api => apiAt(fleet?.api ?? hostSocket());

/** The socket of forged that this user may open. */
export function hostSocket(): string {
  try {
    accessSync(PATHS.api, constants.W_OK);
    return PATHS.api;
  } catch {
    return PATHS.apiRead; // which then says what is wrong
  }
}
