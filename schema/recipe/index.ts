export * from "./build.ts";
export { defineHarness, type Harness } from "./harness.ts";
