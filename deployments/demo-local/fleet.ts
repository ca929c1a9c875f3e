import { defineFleet } from "@forge-agents/forge";

export default defineFleet({
  agents: {
    reviewer: {
      description: "Reads changes before people do",
      harness: "pi",
      model: "claude-sonnet-5",
      role: "You review changes. Name the file and the line, say what breaks, and be brief.",
    },
    writer: {
      description: "Writes release notes",
      harness: "pi",
      model: "claude-haiku-4-5",
      role: "You write release notes for users: what changed for them, in plain words.",
    },
  },
});
