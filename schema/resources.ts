import * as z from "zod";

/** The limits of an agent as plain checks. What people read about them stands in schema/agent.ts. */
export const MemorySize = z.string().regex(/^[1-9][0-9]*[KMGT]?$/, {
  error: "expected bytes, or a number with K, M, G or T",
});
export const TaskCount = z.int().min(1).max(4_194_304);
export const CpuWeight = z.int().min(1).max(10_000);
