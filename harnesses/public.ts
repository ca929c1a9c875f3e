/** What a fleet file imports from `@forge-agents/forge`. */
export {
  type AgentInput,
  defineFleet,
  type FleetInput,
  type HarnessName,
} from "./fleet.ts";
