import { defineFleet } from "@forge-agents/forge";
import { mirror } from "./harnesses/mirror/harness.ts";

export default defineFleet({
  harnesses: [mirror],
  agents: {
    looker: { harness: "mirror", model: "none", role: "You repeat.", mirror: { loud: true } },
  },
});
