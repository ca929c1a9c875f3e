export * from "./build.ts";
export { defineHarness, type Harness } from "./harness.ts";
export { type Owned, type Owner, ownedFields } from "./owned.ts";
export { type Entries, ofServers, strangeEntries } from "./permissions.ts";
export { eachSecret, filledIn, texts } from "./references.ts";
export {
  eachServer,
  type Server,
  toolTimeout,
  withoutStartupTimeout,
  withoutUnderscores,
} from "./servers.ts";
export type { Text } from "./types.ts";
export { isWithout } from "./variables.ts";
