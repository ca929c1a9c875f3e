export * from "./build.ts";
export { defineHarness, type Harness } from "./harness.ts";
export { type Entries, ofServers, strangeEntries } from "./permissions.ts";
export type { Text } from "./types.ts";
