import * as z from "zod";
import { AgentName } from "./names.ts";

/** What one host runs: /etc/forge/manifest.json, or the fleet of one `forge up`. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  host: z.string(),
  agents: z.record(
    AgentName,
    z.strictObject({
      harness: z.string(),
      model: z.string(),
      description: z.string(),
      user: z.string(),
      /** The plan folder that `forge plan build` made. */
      plan: z.string().regex(/^\//, { error: "expected an absolute path" }),
    }),
  ),
});
export type Manifest = z.output<typeof Manifest>;
